package dev.distributeimage.simulator;

import java.util.function.Supplier;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Starts a build. Assumes that recipes and infrastructure configurations exist. */
final class CreateImage implements Action {

	private final ImageStarts starts;

	private final DistributionConfigurations configurations;

	private final Supplier<SimulatorSettings> settings;

	CreateImage(ImageStarts starts, DistributionConfigurations configurations, Supplier<SimulatorSettings> settings) {
		this.starts = starts;
		this.configurations = configurations;
		this.settings = settings;
	}

	@Override
	public ObjectNode carryOut(Call call) {
		Arn recipe = recipe(call);
		WorkflowRules.check(call);
		Arn version = Arn.of(call.region(), this.settings.get().account(),
				"image/" + recipe.name() + "/" + recipe.version());
		Arn arn = this.starts.start(call, version, sources(call, recipe));
		ObjectNode answer = Json.object()
			.put("clientToken", call.parameter("clientToken"))
			.put("imageBuildVersionArn", arn.toString());
		answer.set("latestVersionReferences", Versions.latestReferences(arn));
		return answer;
	}

	private ObjectNode sources(Call call, Arn recipe) {
		ObjectNode sources = Json.object();
		boolean container = recipe.resource().startsWith("container-");
		sources.set(container ? "containerRecipe" : "imageRecipe",
				named(recipe).put("version", recipe.version())
					.put("platform", "Linux")
					.put(container ? "containerType" : "type", container ? "DOCKER" : "AMI"));
		sources.set("infrastructureConfiguration", named(Arn.parse(call.parameter("infrastructureConfigurationArn"))));
		String distribution = call.parameter("distributionConfigurationArn");
		if (!distribution.isEmpty()) {
			sources.set("distributionConfiguration", distribution(distribution));
		}
		return sources;
	}

	private static ObjectNode named(Arn arn) {
		return Json.object().put("arn", arn.toString()).put("name", arn.name());
	}

	private static Arn recipe(Call call) {
		String image = call.parameter("imageRecipeArn");
		String container = call.parameter("containerRecipeArn");
		if (image.isEmpty() == container.isEmpty()) {
			throw new ApiException(400, "InvalidParameterCombinationException",
					"Exactly one of 'imageRecipeArn' and 'containerRecipeArn' must be given.");
		}
		Arn recipe = Arn.parse(image.isEmpty() ? container : image);
		if (!Versions.isValid(recipe.version())) {
			throw ApiException.invalidParameterValue(image.isEmpty() ? "containerRecipeArn" : "imageRecipeArn",
					"A node of the version is too large or follows a wildcard.");
		}
		String kind = recipe.resource().substring(0, recipe.resource().indexOf('/'));
		return recipe.withResource(kind + "/" + recipe.name() + "/" + Versions.concrete(recipe.version()));
	}

	private JsonNode distribution(String arn) {
		return this.configurations.find(arn)
			.orElseThrow(() -> ApiException.invalidParameterValue("distributionConfigurationArn",
					"The resource '%s' does not exist.".formatted(arn)));
	}

}
