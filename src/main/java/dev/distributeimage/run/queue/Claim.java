package dev.distributeimage.run.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

import dev.distributeimage.run.Certainty;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunInput;
import org.jspecify.annotations.Nullable;

/**
 * A run that a worker holds on lease.
 *
 * @param input the request, or null if the run has nothing left to create
 * @param nameIsBeingFreed whether the configuration that the run names, to create or to
 * use it, was being removed when the claim was made
 */
public record Claim(Run run, @Nullable RunInput input, boolean nameIsBeingFreed, Lease lease, Origin origin) {

	/** Marks the start of the work; {@link #now} is fixed from here on. */
	public Claim begun() {
		return new Claim(this.run, this.input, this.nameIsBeingFreed, this.lease.begun(), this.origin);
	}

	/** The time at which the worker began, by the database's clock. */
	public Instant now() {
		return this.lease.claimedAt().plus(this.lease.waited());
	}

	/** When AWS may have carried the worker's call out, or null if it has not. */
	public @Nullable Instant unansweredSince(Certainty certainty) {
		return (certainty == Certainty.UNKNOWN) ? this.lease.claimedAt() : null;
	}

	/** The time from the due time to the start of the work. */
	public Duration lateness() {
		return Duration.between(this.lease.dueAt(), now());
	}

	/**
	 * Whether the lease leaves time for a call with this timeout, and the same again to
	 * store its outcome.
	 */
	public boolean hasTimeForACall(Duration attemptTimeout) {
		return this.lease.hasTimeForACall(attemptTimeout);
	}

	/** Whether half of the lease is left to store the outcome. */
	boolean hasTimeToReport() {
		return this.lease.lastsFor(this.lease.duration().dividedBy(2));
	}

	public boolean isOlderThan(Duration age) {
		return this.lease.age().compareTo(age) > 0;
	}

	public RunInput requireInput() {
		return Objects.requireNonNull(this.input, "The claim has no input: the run has nothing left to create");
	}

	Claim with(Run reloaded) {
		return new Claim(reloaded, this.input, this.nameIsBeingFreed, this.lease, this.origin);
	}

	// The next step uses what this claim has just made, which nobody removes.
	Claim renewed(int version, Instant at, long sentAt) {
		return new Claim(this.run, this.input, false, this.lease.renewed(version, at, sentAt), this.origin);
	}

	Claim named(@Nullable String distributionName) {
		return new Claim(this.run, this.input, this.nameIsBeingFreed, this.lease, this.origin.named(distributionName));
	}

}
