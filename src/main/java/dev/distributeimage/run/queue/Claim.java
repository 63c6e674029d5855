package dev.distributeimage.run.queue;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunInput;

/**
 * A run that a worker has for a while. When the time is over any worker may take it; what
 * this one reports after that is refused.
 *
 * @param input what was asked for, for a run that still has to create something
 * @param sentAt from {@link System#nanoTime()}, before the claim was sent: the claim
 * cannot have begun earlier
 * @param duration how long the claim lasts
 */
public record Claim(Run run, @Nullable RunInput input, long sentAt, Duration duration) {

	/** Whether so much of the claim is certainly left. */
	public boolean hasLeft(Duration wanted) {
		return this.duration.minus(age()).compareTo(wanted) >= 0;
	}

	/**
	 * Whether there is time for a call that may take so long, and for as much again to
	 * report.
	 */
	public boolean hasTimeForACall(Duration attemptTimeout) {
		return hasLeft(attemptTimeout.multipliedBy(2));
	}

	/** Whether it is at least so old. */
	public boolean isOlderThan(Duration age) {
		return age().compareTo(age) > 0;
	}

	/** What was asked for. */
	public RunInput requireInput() {
		return Objects.requireNonNull(this.input, "Only a run that has to create something is claimed with its input");
	}

	/** How old it is at most. */
	public Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.sentAt);
	}

	Claim with(Run reloaded) {
		return new Claim(reloaded, this.input, this.sentAt, this.duration);
	}

	Claim renewed(long renewalSentAt) {
		return new Claim(this.run, this.input, renewalSentAt, this.duration);
	}

}
