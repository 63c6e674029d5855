package dev.distributeimage.simulator;

import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;

/** Rules for components and recipes that are not in the model. */
final class RecipeRules {

	private RecipeRules() {
	}

	static void checkComponent(Call call) {
		if (call.parameter("data").isEmpty() == call.parameter("uri").isEmpty()) {
			throw new ApiException(400, "InvalidParameterCombinationException",
					"Exactly one of 'data' and 'uri' must be given.");
		}
		checkVersion("semanticVersion", call.parameter("semanticVersion"));
	}

	/** Refuses components that were not created here, if {@code strict}. */
	static void checkRecipe(Call call, Resources resources, boolean strict) {
		checkVersion("semanticVersion", call.parameter("semanticVersion"));
		if (call.parameters().hasNonNull("dockerfileTemplateData") && call.parameters().hasNonNull("dockerfileTemplateUri")) {
			throw new ApiException(400, "InvalidParameterCombinationException",
					"Only one of 'dockerfileTemplateData' and 'dockerfileTemplateUri' may be given.");
		}
		JsonNode components = call.parameters().path("components");
		for (int index = 0; strict && index < components.size(); index++) {
			String arn = components.get(index).required("componentArn").stringValue();
			boolean own = Character.isDigit(Arn.parse(arn).account().charAt(0));
			if (own && resources.resolve(arn).isEmpty()) {
				throw ApiException.invalidParameterValue("components[%d].componentArn".formatted(index),
						"The resource '%s' does not exist.".formatted(arn));
			}
		}
	}

	static void checkVersion(String parameter, String version) {
		if (!Versions.isValid(version)) {
			throw ApiException.invalidParameterValue(parameter,
					"A node of the version is too large or follows a wildcard.");
		}
	}

	/** Refuses to delete what a recipe is made of. */
	static void checkUnused(Arn arn, Resources resources) {
		boolean used = Stream.of(Kind.IMAGE_RECIPE, Kind.CONTAINER_RECIPE)
			.flatMap((kind) -> resources.in(arn.account(), arn.region(), kind).stream())
			.flatMap((recipe) -> ingredients(recipe.document()))
			.flatMap((ingredient) -> Arn.find(ingredient).stream())
			.anyMatch((ingredient) -> ingredient.equals(arn) || Versions.covers(ingredient, arn));
		if (used) {
			throw new ApiException(400, "ResourceDependencyException",
					"Resource dependency error: The resource ARN '%s' has other resources depended on it.".formatted(arn));
		}
	}

	private static Stream<String> ingredients(JsonNode recipe) {
		return Stream.concat(Stream.of(recipe.path("parentImage").asString("")),
				recipe.path("components")
					.valueStream()
					.map((component) -> component.path("componentArn").asString("")));
	}

}
