package dev.distributeimage.run;

import java.time.Instant;

/**
 * A run together with what was asked for.
 *
 * @param readAt when that was so, by the clock that all times of the run come from
 */
public record StoredRun(Run run, RunInput input, Instant readAt) {
}
