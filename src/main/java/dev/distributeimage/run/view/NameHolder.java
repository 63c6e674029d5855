package dev.distributeimage.run.view;

import java.util.UUID;

/**
 * A run whose distribution configuration has, or would have, the same ARN as that of
 * another run.
 *
 * @param certain whether the run has the configuration or may have it: its create was
 * carried out or left unanswered. Otherwise the call is in progress
 */
public record NameHolder(UUID id, boolean certain) {
}
