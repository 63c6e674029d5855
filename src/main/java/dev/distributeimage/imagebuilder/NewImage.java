package dev.distributeimage.imagebuilder;

/** An image to be built. */
public record NewImage(String region, String imageRecipeArn, String infrastructureConfigurationArn,
		String distributionConfigurationArn, String clientToken) {
}
