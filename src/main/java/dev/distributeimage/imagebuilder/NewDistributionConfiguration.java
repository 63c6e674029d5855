package dev.distributeimage.imagebuilder;

import dev.distributeimage.aws.Place;
import tools.jackson.databind.JsonNode;

/**
 * Request to create a distribution configuration.
 *
 * @param place the run's account and Region, to which all that is created must belong
 * @param distributions a list of Image Builder's {@code Distribution}
 */
public record NewDistributionConfiguration(Place place, String name, JsonNode distributions, String clientToken) {
}
