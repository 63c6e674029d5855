package dev.distributeimage.run.view;

import java.util.UUID;

/**
 * Another run whose distribution configuration has, or would have, the same ARN.
 *
 * @param mayHaveIt whether it has the configuration or AWS may have made it for it;
 * otherwise its call is under way
 */
public record NameHolder(UUID id, boolean mayHaveIt) {
}
