package dev.distributeimage.run;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The calls of the current step.
 *
 * @param attempts failed calls in a row
 * @param failed failed calls in all
 * @param unansweredSince since when AWS may have carried out the current create without
 * our knowing; null while every attempt had a definite answer
 * @param last the failure that ended the run, or the last one while it is being waited
 * out
 */
public record Calls(int attempts, int failed, @Nullable Instant unansweredSince, @Nullable Failure last) {

	/** No call has failed. */
	public static final Calls NONE = new Calls(0, 0, null, null);

	/** A call has failed. */
	Calls failed(Failure failure) {
		return new Calls(this.attempts + 1, this.failed + 1, this.unansweredSince, failure);
	}

	/** A call has failed that the step can do without. */
	Calls failedAside() {
		return new Calls(this.attempts, this.failed + 1, this.unansweredSince, this.last);
	}

	/**
	 * The create may have been carried out, unless an earlier one may have been before.
	 */
	Calls unanswered(@Nullable Instant since) {
		return (this.unansweredSince != null) ? this : new Calls(this.attempts, this.failed, since, this.last);
	}

	/** Every create has a definite answer by now. */
	Calls settled() {
		return new Calls(this.attempts, this.failed, null, this.last);
	}

	/** The failure no longer matters. */
	Calls withoutFailure() {
		return new Calls(this.attempts, this.failed, this.unansweredSince, null);
	}

	/** A call has succeeded. */
	Calls answered() {
		return new Calls(0, this.failed, this.unansweredSince, null);
	}

	/** The first attempt that stayed unanswered was longer ago than that. */
	public boolean isUnansweredFor(Duration age, Instant now) {
		return this.unansweredSince != null && this.unansweredSince.plus(age).isBefore(now);
	}

}
