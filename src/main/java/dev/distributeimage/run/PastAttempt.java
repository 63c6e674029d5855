package dev.distributeimage.run;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What went before a retry.
 *
 * @param at when the retry was requested
 * @param by who requested it, where that is known
 * @param action what the retry does
 * @param outputs the outputs until then
 * @param status how the run had ended
 */
public record PastAttempt(Instant at, @Nullable String by, RetryAction action, Outputs outputs, RunStatus status) {
}
