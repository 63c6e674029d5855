package dev.distributeimage.imagebuilder;

import tools.jackson.databind.JsonNode;

/**
 * A distribution configuration to be created.
 *
 * @param distributions a list of Image Builder's {@code Distribution}
 */
public record NewDistributionConfiguration(String region, String name, JsonNode distributions, String clientToken) {
}
