package dev.distributeimage.simulator;

import java.util.function.Supplier;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** Starts a build. Assumes that recipes and infrastructure configurations exist. */
final class CreateImage implements Action {

	private static final int MOST_WORKFLOWS = 10;

	private final Images images;

	private final DistributionConfigurations configurations;

	private final Endings endings;

	private final Supplier<SimulatorSettings> settings;

	CreateImage(Images images, DistributionConfigurations configurations, Endings endings,
			Supplier<SimulatorSettings> settings) {
		this.images = images;
		this.configurations = configurations;
		this.endings = endings;
		this.settings = settings;
	}

	@Override
	public ObjectNode carryOut(Call call) {
		Arn recipe = recipe(call);
		checkWorkflows(call);
		JsonNode distribution = distribution(call);
		checkQuota(call);
		SimulatorSettings settings = this.settings.get();
		String version = "image/" + recipe.name() + "/" + recipe.version();
		Arn versionArn = Arn.of(call.region(), settings.account(), version);
		Arn arn = versionArn.withResource(version + "/" + this.images.nextBuild(versionArn.toString()));
		Build build = new Build(arn, recipe, recipe.resource().startsWith("container-"), call.parameters(),
				distribution, call.at());
		this.images.add(new SimulatedImage(build, this.endings.next(recipe.name()), settings.pace(), settings.clock()));
		ObjectNode answer = Json.object()
			.put("clientToken", call.parameter("clientToken"))
			.put("imageBuildVersionArn", arn.toString());
		answer.set("latestVersionReferences", Versions.latestReferences(arn));
		return answer;
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

	private static void checkWorkflows(Call call) {
		JsonNode workflows = call.parameters().path("workflows");
		if (workflows.size() > MOST_WORKFLOWS) {
			throw ApiException.invalidParameterValue("workflows", "At most 10 are allowed.");
		}
		if (!workflows.isEmpty() && call.parameter("executionRole").isEmpty()) {
			throw ApiException.invalidParameterValue("executionRole", "It is required when workflows are given.");
		}
	}

	private JsonNode distribution(Call call) {
		String arn = call.parameter("distributionConfigurationArn");
		if (arn.isEmpty()) {
			return MissingNode.getInstance();
		}
		return this.configurations.find(arn)
			.orElseThrow(() -> ApiException.invalidParameterValue("distributionConfigurationArn",
					"The resource '%s' does not exist.".formatted(arn)));
	}

	private void checkQuota(Call call) {
		int quota = this.settings.get().concurrentBuilds();
		if (this.images.count() < quota) {
			return;
		}
		long building = this.images.in(call.region()).stream().filter((image) -> !image.hasEnded()).count();
		if (building >= quota) {
			throw new ApiException(402, "ServiceQuotaExceededException",
					"The number of concurrent builds in this Region has reached its quota.");
		}
	}

}
