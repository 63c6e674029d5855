package dev.distributeimage.imagebuilder;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;

import dev.distributeimage.aws.Place;
import dev.distributeimage.run.Image;
import tools.jackson.databind.JsonNode;

/**
 * Operations of EC2 Image Builder that the workflow needs. Each returns its result or
 * throws an {@link ImageBuilderException}. None repeats a call. Client tokens are
 * idempotency keys.
 */
public interface ImageBuilder {

	/**
	 * Creates a distribution configuration.
	 * @return its ARN
	 */
	String createDistributionConfiguration(NewDistributionConfiguration configuration);

	/**
	 * Returns whether a distribution configuration has every member as this request sends
	 * it.
	 * @throws ImageBuilderException whose {@code isNotFound()} is true if there is no
	 * such configuration
	 */
	boolean isAsRequested(String distributionConfigurationArn, NewDistributionConfiguration configuration);

	/**
	 * Returns whether a distribution configuration is still the one that this request
	 * created: with every member as it was sent, and not created later.
	 * @param since a time at which the configuration existed
	 * @throws ImageBuilderException whose {@code isNotFound()} is true if there is no
	 * such configuration
	 */
	boolean isUnchanged(String distributionConfigurationArn, NewDistributionConfiguration configuration, Instant since);

	/**
	 * Deletes a distribution configuration.
	 * @param run the run that made it
	 */
	void deleteDistributionConfiguration(UUID run, String distributionConfigurationArn);

	/**
	 * Shows the distributions of a distribution configuration.
	 * @param place the run's account and Region. A caller named the configuration, which
	 * may be of an account that the run must not enter
	 * @return a list of Image Builder's {@code Distribution}
	 */
	JsonNode getDistributions(Place place, String distributionConfigurationArn);

	/**
	 * Starts the build of an image, or the distribution of its source image.
	 * @return the ARN of the image's build version
	 */
	String createImage(NewImage image);

	/** Shows an image. */
	Image getImage(String imageBuildVersionArn);

	/**
	 * Asks AWS to stop the build of an image. Anything created by then remains.
	 * @param run the run that made the image
	 */
	void cancelImageCreation(UUID run, String imageBuildVersionArn, String clientToken);

	/**
	 * Asks AWS to resume a failed or cancelled image after its build phase.
	 * @param run the run that made the image
	 */
	void retryImage(UUID run, String imageBuildVersionArn, String clientToken);

	/**
	 * Returns whether the build phase of an image was completed, regardless of later
	 * phases.
	 * @param mayCall whether there is time for another call. Each page of the list takes
	 * one; the method throws if time runs out before the last page
	 */
	boolean isBuildCompleted(String imageBuildVersionArn, BooleanSupplier mayCall);

	/**
	 * Searches for an image that was created by this request.
	 * @param since the time before which images are ignored
	 * @param excluded the ARNs of images to ignore
	 * @param mayCall whether there is time for another call. Each page of builds and each
	 * build takes one; the method throws if no time is left for a call afterwards
	 * @return the ARN of the image's build version
	 */
	Optional<String> findImage(NewImage image, Instant since, Set<String> excluded, BooleanSupplier mayCall);

}
