package dev.distributeimage.simulator;

import java.util.function.Supplier;

import tools.jackson.databind.node.ObjectNode;

/** Starts images: holds to the quota, numbers them and chooses their endings. */
final class ImageStarts {

	private final Images images;

	private final Endings endings;

	private final Supplier<SimulatorSettings> settings;

	ImageStarts(Images images, Endings endings, Supplier<SimulatorSettings> settings) {
		this.images = images;
		this.endings = endings;
		this.settings = settings;
	}

	/** Starts the next image of this version, made from these sources, and returns its ARN. */
	Arn start(Call call, Arn version, ObjectNode sources) {
		checkQuota(call);
		if (!sources.has("containerRecipe")) {
			DistributionRules.checkMakesAmis(sources.path("distributionConfiguration"));
		}
		SimulatorSettings settings = this.settings.get();
		int number = this.images.nextBuild(version.toString());
		Arn arn = version.withResource(version.resource() + "/" + number);
		Build build = new Build(arn, sources, call.parameters(), call.at());
		this.images.add(new SimulatedImage(build, this.endings.next(arn.name()), settings.pace(), settings.clock()));
		return arn;
	}

	private void checkQuota(Call call) {
		int quota = this.settings.get().concurrentBuilds();
		if (this.images.count() < quota) {
			return;
		}
		long building = this.images.of(call).stream().filter((image) -> !image.hasEnded()).count();
		if (building >= quota) {
			throw new ApiException(402, "ServiceQuotaExceededException",
					"The number of concurrent builds in this Region has reached its quota.");
		}
	}

}
