package dev.distributeimage.workflow;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.NewDistributionConfiguration;
import dev.distributeimage.imagebuilder.NewImage;
import dev.distributeimage.run.Image;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Shows every call to a watcher before it is made. */
public record WatchedImageBuilder(ImageBuilder target, Watcher watcher) implements ImageBuilder {

	/** Watches calls. */
	interface Watcher {

		/** Makes the call, possibly in another way. */
		<T> T makes(String operation, String about, @Nullable String token, Supplier<T> call);

	}

	@Override
	public String createDistributionConfiguration(NewDistributionConfiguration configuration) {
		return this.watcher.makes("CreateDistributionConfiguration",
				String.valueOf(configuration.input().distributionName()), configuration.clientToken(),
				() -> this.target.createDistributionConfiguration(configuration));
	}

	@Override
	public boolean isAsRequested(String distributionConfigurationArn, NewDistributionConfiguration configuration) {
		return this.watcher.makes("GetDistributionConfiguration", distributionConfigurationArn, null,
				() -> this.target.isAsRequested(distributionConfigurationArn, configuration));
	}

	@Override
	public String createImage(NewImage image) {
		return this.watcher.makes(image.input().workflow().imageStep().operation(),
				image.distributionConfigurationArn(), image.clientToken(), () -> this.target.createImage(image));
	}

	@Override
	public Image getImage(String imageBuildVersionArn) {
		return this.watcher.makes("GetImage", imageBuildVersionArn, null,
				() -> this.target.getImage(imageBuildVersionArn));
	}

	@Override
	public void cancelImageCreation(UUID run, String imageBuildVersionArn, String clientToken) {
		this.watcher.makes("CancelImageCreation", imageBuildVersionArn, clientToken, () -> {
			this.target.cancelImageCreation(run, imageBuildVersionArn, clientToken);
			return true;
		});
	}

	@Override
	public void retryImage(UUID run, String imageBuildVersionArn, String clientToken) {
		this.watcher.makes("RetryImage", imageBuildVersionArn, clientToken, () -> {
			this.target.retryImage(run, imageBuildVersionArn, clientToken);
			return true;
		});
	}

	@Override
	public boolean isBuildCompleted(String imageBuildVersionArn, BooleanSupplier mayCall) {
		return this.watcher.makes("ListWorkflowExecutions", imageBuildVersionArn, null,
				() -> this.target.isBuildCompleted(imageBuildVersionArn, mayCall));
	}

	@Override
	public boolean isUnchanged(String distributionConfigurationArn, NewDistributionConfiguration configuration,
			Instant since) {
		return this.watcher.makes("GetDistributionConfiguration", distributionConfigurationArn, null,
				() -> this.target.isUnchanged(distributionConfigurationArn, configuration, since));
	}

	@Override
	public void deleteDistributionConfiguration(UUID run, String distributionConfigurationArn) {
		this.watcher.makes("DeleteDistributionConfiguration", distributionConfigurationArn, null, () -> {
			this.target.deleteDistributionConfiguration(run, distributionConfigurationArn);
			return true;
		});
	}

	@Override
	public JsonNode getDistributions(Place place, String distributionConfigurationArn) {
		return this.watcher.makes("GetDistributionConfiguration", distributionConfigurationArn, null,
				() -> this.target.getDistributions(place, distributionConfigurationArn));
	}

	@Override
	public Optional<String> findImage(NewImage image, Instant since, Set<String> known, BooleanSupplier mayCall) {
		return this.watcher.makes("ListImageBuildVersions", image.distributionConfigurationArn(), null,
				() -> this.target.findImage(image, since, known, mayCall));
	}

}
