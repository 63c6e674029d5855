package dev.distributeimage.run.queue;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a worker has a run. When the lease has expired, any worker may take the run.
 *
 * @param version the fencing token: raised by every claim and every write, so that
 * whatever a worker reports after its lease has passed to another one is refused
 * @param dueAt since when the run was due
 * @param claimedAt when the claim was made, by the database's clock
 * @param duration how long the lease lasts
 * @param sentAt from {@link System#nanoTime()}, before the claim was sent: the lease
 * cannot have begun earlier
 * @param waited how old the lease was when the worker began
 */
public record Lease(int version, Instant dueAt, Instant claimedAt, Duration duration, long sentAt, Duration waited) {

	/** The age is an upper bound. */
	Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.sentAt);
	}

	Lease begun() {
		return new Lease(this.version, this.dueAt, this.claimedAt, this.duration, this.sentAt, age());
	}

	Lease renewed(int newVersion, Instant at, long newSentAt) {
		return new Lease(newVersion, at, at, this.duration, newSentAt, Duration.ZERO);
	}

}
