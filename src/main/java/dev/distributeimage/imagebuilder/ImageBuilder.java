package dev.distributeimage.imagebuilder;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

import dev.distributeimage.run.Image;

/**
 * The operations of EC2 Image Builder that the workflow needs. Each returns what it is
 * for or throws an {@link ImageBuilderException}; no call is repeated here.
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

	/** Asks AWS to stop the build of an image. What was made until then stays. */
	void cancelImageCreation(String imageBuildVersionArn, String clientToken);

	/** Asks AWS to take a failed or cancelled image up again after its build. */
	void retryImage(String imageBuildVersionArn, String clientToken);

	/**
	 * Whether the build of an image was completed, whatever came after it.
	 * @param mayCall whether there is time for another call: the list takes one for every
	 * page, and fails if none is left before its end
	 */
	boolean isBuildCompleted(String imageBuildVersionArn, BooleanSupplier mayCall);

	/**
	 * Looks for an image that was built from the recipe with the distribution
	 * configuration.
	 * @param since builds from before are not looked at
	 * @param excluded the ARNs of builds that are not meant
	 * @param mayCall whether there is time for another call: a look takes one for every
	 * page of builds and for every build, and fails if none is left afterwards
	 * @return the ARN of its build version
	 */
	Optional<String> findImage(String imageRecipeArn, String distributionConfigurationArn, Instant since,
			Set<String> excluded, BooleanSupplier mayCall);

}
