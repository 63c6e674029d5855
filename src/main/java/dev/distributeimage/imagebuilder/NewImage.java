package dev.distributeimage.imagebuilder;

import dev.distributeimage.aws.Place;

/**
 * Request to build an image.
 *
 * @param place the run's account and Region, to which all that is created must belong
 */
public record NewImage(Place place, String imageRecipeArn, String infrastructureConfigurationArn,
		String distributionConfigurationArn, String clientToken) {
}
