package dev.distributeimage.run.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

import dev.distributeimage.run.Certainty;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunInput;
import org.jspecify.annotations.Nullable;

/**
 * A run that a worker has on lease.
 *
 * @param input the request, of a run that still has to create something
 */
public record Claim(Run run, @Nullable RunInput input, Lease lease) {

	/** The worker begins: from here on {@link #now} stands still. */
	public Claim begun() {
		return new Claim(this.run, this.input, this.lease.begun());
	}

	/** When the worker began, by the database's clock. */
	public Instant now() {
		return this.lease.claimedAt().plus(this.lease.waited());
	}

	/** Since when AWS may have carried the worker's call out, or null if it has not. */
	public @Nullable Instant unansweredSince(Certainty certainty) {
		return (certainty == Certainty.UNKNOWN) ? this.lease.claimedAt() : null;
	}

	/** How long after the run was due the worker began. */
	public Duration lateness() {
		return Duration.between(this.lease.dueAt(), now());
	}

	/** Whether so much of the lease is certainly left. */
	public boolean hasLeft(Duration wanted) {
		return this.lease.duration().minus(this.lease.age()).compareTo(wanted) >= 0;
	}

	/**
	 * Whether there is time for a call that may take so long, and for as much again to
	 * report.
	 */
	public boolean hasTimeForACall(Duration attemptTimeout) {
		return hasLeft(attemptTimeout.multipliedBy(2));
	}

	/** Whether half of the lease is left to report. */
	boolean hasTimeToReport() {
		return hasLeft(this.lease.duration().dividedBy(2));
	}

	public boolean isOlderThan(Duration age) {
		return this.lease.age().compareTo(age) > 0;
	}

	public RunInput requireInput() {
		return Objects.requireNonNull(this.input, "Only a run that has to create something is claimed with its input");
	}

	Claim with(Run reloaded) {
		return new Claim(reloaded, this.input, this.lease);
	}

	Claim renewed(int version, Instant at, long sentAt) {
		return new Claim(this.run, this.input, this.lease.renewed(version, at, sentAt));
	}

}
