package dev.distributeimage.run.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

import dev.distributeimage.run.Run;
import org.jspecify.annotations.Nullable;

/**
 * A run that was read for a caller's request.
 *
 * @param version the version that the run must still have when it is stored
 * @param ownDeadline the maximum duration that the request set, or null
 * @param readAt when the run was read, by the database's clock
 */
public record StoredRun(Run run, int version, @Nullable Duration ownDeadline, Instant readAt) {

	/** Returns the deadline of a run that resumes now. */
	public Instant newDeadline(Duration configured) {
		return this.readAt.plus(Objects.requireNonNullElse(this.ownDeadline, configured));
	}

}
