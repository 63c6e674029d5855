package dev.distributeimage.imagebuilder;

/** Request to build an image. */
public record NewImage(String region, String imageRecipeArn, String infrastructureConfigurationArn,
		String distributionConfigurationArn, String clientToken) {
}
