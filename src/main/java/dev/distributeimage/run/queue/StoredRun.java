package dev.distributeimage.run.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

import dev.distributeimage.run.RetryPlan;
import dev.distributeimage.run.Run;
import org.jspecify.annotations.Nullable;

/**
 * A run that was read for a caller's request.
 *
 * @param version the version that the run must still have when it is stored
 * @param ownDeadline the maximum duration that the request set, or null
 * @param readAt when the run was read, by the database's clock
 * @param removal how the removal of its distribution configuration stands
 */
public record StoredRun(Run run, int version, @Nullable Duration ownDeadline, Instant readAt, Removal removal) {

	/** The removal of a run's distribution configuration. */
	public enum Removal {

		/** No call is made: storing the run may withdraw a request. */
		NONE,

		/** AWS may be carrying it out. */
		UNDER_WAY,

		/** The configuration is gone. */
		DONE

	}

	/** Returns the plan of a retry of the run. */
	public RetryPlan planOfRetry() {
		return (this.removal == Removal.DONE) ? RetryPlan.ofRemovedConfiguration() : RetryPlan.of(this.run);
	}

	/** Returns the deadline of a run that resumes now. */
	public Instant newDeadline(Duration configured) {
		return this.readAt.plus(Objects.requireNonNullElse(this.ownDeadline, configured));
	}

}
