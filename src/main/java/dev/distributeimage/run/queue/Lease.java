package dev.distributeimage.run.queue;

import java.time.Duration;
import java.time.Instant;

/**
 * A lease: the exclusive right of a worker to a run. When it has expired, any worker may
 * claim the run.
 *
 * @param version the fencing token: every claim and every write raises it, so a worker
 * whose lease has passed to another one can no longer write
 * @param dueAt when the run was due
 * @param claimedAt when the claim was made, by the database's clock
 * @param duration how long the lease lasts
 * @param sentAt {@link System#nanoTime()} before the claim was sent: the lease cannot
 * have begun earlier
 * @param waited the age of the lease when the worker began
 * @param times what the run's row told of earlier times
 */
public record Lease(int version, Instant dueAt, Instant claimedAt, Duration duration, long sentAt, Duration waited,
		Times times) {

	/** Returns the age of the lease, as an upper bound. */
	Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.sentAt);
	}

	/** Whether the lease is certain to last for the given time. */
	boolean lastsFor(Duration wanted) {
		return this.duration.minus(age()).compareTo(wanted) >= 0;
	}

	/**
	 * Whether the lease leaves time for a call with this timeout, and the same again to
	 * store its outcome.
	 */
	boolean hasTimeForACall(Duration attemptTimeout) {
		return lastsFor(attemptTimeout.multipliedBy(2));
	}

	Lease begun() {
		return new Lease(this.version, this.dueAt, this.claimedAt, this.duration, this.sentAt, age(), this.times);
	}

	Lease renewed(int newVersion, Instant at, long newSentAt) {
		return new Lease(newVersion, at, at, this.duration, newSentAt, Duration.ZERO, this.times.atNextStep(at));
	}

}
