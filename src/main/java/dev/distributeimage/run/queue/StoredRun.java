package dev.distributeimage.run.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

import dev.distributeimage.run.Run;
import org.jspecify.annotations.Nullable;

/**
 * A run as it was read for a caller's request.
 *
 * @param version the version that the run must still have when it is stored
 * @param ownDeadline how long the run may take, if it has a deadline of its own
 * @param readAt when it was read, by the database's clock
 */
public record StoredRun(Run run, int version, @Nullable Duration ownDeadline, Instant readAt) {

	/** The deadline of the run if it is taken up again now. */
	public Instant newDeadline(Duration configured) {
		return this.readAt.plus(Objects.requireNonNullElse(this.ownDeadline, configured));
	}

}
