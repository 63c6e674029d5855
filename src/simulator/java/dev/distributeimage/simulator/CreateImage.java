package dev.distributeimage.simulator;

import java.util.Optional;
import java.util.function.Supplier;

import dev.distributeimage.simulator.Resources.Resource;
import tools.jackson.databind.node.ObjectNode;

/**
 * Starts a build. Unless recipes are strict, any ARN is a recipe or an infrastructure
 * configuration.
 */
final class CreateImage implements Action {

	private final ImageStarts starts;

	private final Resources resources;

	private final Supplier<SimulatorSettings> settings;

	CreateImage(ImageStarts starts, Resources resources, Supplier<SimulatorSettings> settings) {
		this.starts = starts;
		this.resources = resources;
		this.settings = settings;
	}

	@Override
	public ObjectNode carryOut(Call call) {
		Kind recipe = recipe(call);
		RecipeRules.checkVersion(recipe.arnMember(), Arn.parse(call.parameter(recipe.arnMember())).version());
		WorkflowRules.check(call);
		ObjectNode sources = Json.object();
		boolean strict = this.settings.get().strictRecipes();
		add(recipe, call, strict, sources);
		add(Kind.INFRASTRUCTURE_CONFIGURATION, call, strict, sources);
		if (!call.parameter(Kind.DISTRIBUTION_CONFIGURATION.arnMember()).isEmpty()) {
			add(Kind.DISTRIBUTION_CONFIGURATION, call, true, sources);
		}
		Arn built = Arn.parse(sources.required(recipe.member()).required("arn").stringValue());
		Arn version = Arn.of(call.region(), call.account(),
				"image/" + built.name() + "/" + built.version());
		Arn arn = this.starts.start(call, version, sources);
		ObjectNode answer = Json.object()
			.put("clientToken", call.parameter("clientToken"))
			.put("imageBuildVersionArn", arn.toString());
		answer.set("latestVersionReferences", Versions.latestReferences(arn));
		return answer;
	}

	private static Kind recipe(Call call) {
		boolean image = !call.parameter(Kind.IMAGE_RECIPE.arnMember()).isEmpty();
		boolean container = !call.parameter(Kind.CONTAINER_RECIPE.arnMember()).isEmpty();
		if (image == container) {
			throw new ApiException(400, "InvalidParameterCombinationException",
					"Exactly one of 'imageRecipeArn' and 'containerRecipeArn' must be given.");
		}
		return image ? Kind.IMAGE_RECIPE : Kind.CONTAINER_RECIPE;
	}

	private void add(Kind kind, Call call, boolean strict, ObjectNode sources) {
		String arn = call.parameter(kind.arnMember());
		Optional<Resource> known = this.resources.resolve(arn);
		if (known.isEmpty() && strict) {
			throw ApiException.invalidParameterValue(kind.arnMember(),
					"The resource '%s' does not exist.".formatted(arn));
		}
		sources.set(kind.member(), known.map(this.resources::shown).orElseGet(() -> imagined(kind, Arn.parse(arn))));
	}

	private static ObjectNode imagined(Kind kind, Arn asked) {
		if (!kind.hasVersions()) {
			return Json.object().put("arn", asked.toString()).put("name", asked.name());
		}
		String version = Versions.concrete(asked.version());
		return Json.object()
			.put("arn", asked.withResource(asked.base() + "/" + version).toString())
			.put("name", asked.name())
			.put("version", version)
			.put("platform", "Linux")
			.put((kind == Kind.IMAGE_RECIPE) ? "type" : "containerType",
					(kind == Kind.IMAGE_RECIPE) ? "AMI" : "DOCKER");
	}

}
