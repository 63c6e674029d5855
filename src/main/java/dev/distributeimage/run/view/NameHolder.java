package dev.distributeimage.run.view;

import java.util.UUID;

/**
 * A run whose distribution configuration has, or would have, the same ARN as that of
 * another run.
 *
 * @param certain whether the run has the configuration or may have it: its create was
 * carried out or left unanswered. Otherwise the call is in progress
 * @param ofOtherOwner whether the other run's owner is another one, who may not be meant
 * to know of it
 */
public record NameHolder(UUID id, boolean certain, boolean ofOtherOwner) {
}
