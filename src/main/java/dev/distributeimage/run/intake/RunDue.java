package dev.distributeimage.run.intake;

import java.util.UUID;

/**
 * Published when a run can be taken up now: it was stored, retried or is to be cancelled.
 */
public record RunDue(UUID id) {
}
