package dev.distributeimage.run;

import tools.jackson.databind.JsonNode;

/**
 * The request, as far as the engine needs it. It never changes.
 *
 * @param distributions the distributions as they were sent: equal as JSON
 * @param distributionConfigurationArnExpected the ARN that AWS will derive from the name
 */
public record RunInput(String distributionName, JsonNode distributions, String imageRecipeArn,
		String infrastructureConfigurationArn, String distributionConfigurationArnExpected) {
}
