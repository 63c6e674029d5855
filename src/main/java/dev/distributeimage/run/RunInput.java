package dev.distributeimage.run;

import tools.jackson.databind.JsonNode;

/**
 * The part of the request that the engine needs; it never changes.
 *
 * @param distributions the distributions, equal as JSON to those in the request
 * @param distributionConfigurationArnExpected the ARN that AWS will derive from the name
 */
public record RunInput(String distributionName, JsonNode distributions, String imageRecipeArn,
		String infrastructureConfigurationArn, String distributionConfigurationArnExpected) {
}
