package dev.distributeimage.run;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The failed and unanswered calls of the current step.
 *
 * @param attempts the number of consecutive failed calls
 * @param failed the number of all failed calls
 * @param unansweredSince the earliest time at which AWS may have carried out the current
 * create without this service knowing; null while every attempt has a definite answer
 * @param last the failure that ended the run, or the latest failure while the run waits
 * to retry
 */
public record Calls(int attempts, int failed, @Nullable Instant unansweredSince, @Nullable Failure last) {

	/** No call has failed. */
	public static final Calls NONE = new Calls(0, 0, null, null);

	/** Counts a failed call. */
	Calls failed(Failure failure) {
		return new Calls(this.attempts + 1, this.failed + 1, this.unansweredSince, failure);
	}

	/** Counts a failed call that the step can do without, which is no failed attempt. */
	Calls optionalCallFailed() {
		return new Calls(this.attempts, this.failed + 1, this.unansweredSince, this.last);
	}

	/** Notes that AWS may have carried out the create; the earliest such time is kept. */
	Calls unanswered(@Nullable Instant since) {
		return (this.unansweredSince != null) ? this : new Calls(this.attempts, this.failed, since, this.last);
	}

	/** Notes that every create has a definite answer. */
	Calls settled() {
		return new Calls(this.attempts, this.failed, null, this.last);
	}

	/** Drops the last failure. */
	Calls withoutFailure() {
		return new Calls(this.attempts, this.failed, this.unansweredSince, null);
	}

	/**
	 * Notes a call that succeeded and is no event. The next poll is, and drops the
	 * failure.
	 */
	Calls accepted() {
		return new Calls(0, this.failed, this.unansweredSince, this.last);
	}

	/** Notes a call that succeeded. */
	Calls answered() {
		return new Calls(0, this.failed, this.unansweredSince, null);
	}

	/** Whether the first unanswered attempt is older than the given age. */
	public boolean isUnansweredFor(Duration age, Instant now) {
		return this.unansweredSince != null && this.unansweredSince.plus(age).isBefore(now);
	}

}
