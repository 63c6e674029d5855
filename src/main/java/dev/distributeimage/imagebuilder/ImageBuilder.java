package dev.distributeimage.imagebuilder;

import dev.distributeimage.run.Image;

/**
 * The operations of EC2 Image Builder that the workflow needs. Each is one call, never
 * repeated here, that returns what it is for or throws an {@link ImageBuilderException}.
 */
public interface ImageBuilder {

	/**
	 * Creates a distribution configuration.
	 * @return its ARN
	 */
	String createDistributionConfiguration(NewDistributionConfiguration configuration);

	/**
	 * Whether AWS has the distribution configuration, with every member as it was sent.
	 */
	boolean hasDistributionConfiguration(String distributionConfigurationArn,
			NewDistributionConfiguration configuration);

	/**
	 * Starts the build of an image.
	 * @return the ARN of its build version
	 */
	String createImage(NewImage image);

	/** Shows an image. */
	Image getImage(String imageBuildVersionArn);

}
