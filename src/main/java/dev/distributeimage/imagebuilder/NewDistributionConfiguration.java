package dev.distributeimage.imagebuilder;

import tools.jackson.databind.JsonNode;

/**
 * Request to create a distribution configuration.
 *
 * @param distributions a list of Image Builder's {@code Distribution}
 */
public record NewDistributionConfiguration(String region, String name, JsonNode distributions, String clientToken) {
}
