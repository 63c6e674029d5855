package dev.distributeimage.run;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The attempt that preceded a retry.
 *
 * @param at the time of the request for the retry
 * @param by the caller who requested it, if known
 * @param action the action of the retry
 * @param outputs the outputs before the retry
 * @param status the run's status before the retry
 */
public record PastAttempt(Instant at, @Nullable String by, RetryAction action, Outputs outputs, RunStatus status) {
}
