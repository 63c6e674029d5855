package dev.distributeimage.run.view;

import java.time.Instant;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunInput;

/**
 * A run together with what was asked for.
 *
 * @param readAt when that was so, by the clock that all times of the run come from
 */
public record StoredRun(Run run, RunInput input, Instant readAt) {
}
