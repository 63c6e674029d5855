package dev.distributeimage.run;

import org.jspecify.annotations.Nullable;

/**
 * The workflow's outputs, each null until it is known.
 *
 * @param finalStatus AWS's final status of the image, or the last one seen by a run that
 * timed out
 */
public record Outputs(@Nullable String distributionConfigurationArn, @Nullable String imageBuildVersionArn,
		@Nullable String finalStatus) {

	/** No output is known yet. */
	public static final Outputs NONE = new Outputs(null, null, null);

	Outputs withDistributionConfiguration(@Nullable String arn) {
		return new Outputs(arn, this.imageBuildVersionArn, this.finalStatus);
	}

	Outputs withImage(@Nullable String arn) {
		return new Outputs(this.distributionConfigurationArn, arn, this.finalStatus);
	}

	Outputs withFinalStatus(@Nullable String status) {
		return new Outputs(this.distributionConfigurationArn, this.imageBuildVersionArn, status);
	}

}
