package dev.distributeimage.run.intake;

import java.util.UUID;

/**
 * Published when a run becomes due at once because it was started, retried or cancelled.
 */
public record RunDue(UUID id) {
}
