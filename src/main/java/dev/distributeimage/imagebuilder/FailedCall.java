package dev.distributeimage.imagebuilder;

import java.io.Serializable;
import java.time.Duration;

import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.Certainty;
import org.jspecify.annotations.Nullable;

/** A call without the expected answer. The message is cleaned and cut. */
record FailedCall(Verdict verdict, String message, Reply reply) implements Serializable {

	FailedCall {
		message = AwsText.clean(message);
	}

	/** Conclusions from the failure. */
	record Verdict(Remedy remedy, Certainty certainty, Cause cause) implements Serializable {
	}

	/** Causes that the pace of the next calls depends on. */
	enum Cause {

		/** The call took all the time it may take. */
		TIMEOUT,

		/** There were too many calls, of this run or of others. */
		THROTTLING,

		/** Anything else. */
		OTHER

	}

	/**
	 * Contents of AWS's error answer, as far as it had them.
	 *
	 * @param code AWS's error code
	 * @param retryAfter the pause that AWS asks for
	 */
	record Reply(@Nullable String code, @Nullable String requestId,
			@Nullable Duration retryAfter) implements Serializable {

		static final Reply NONE = new Reply(null, null, null);

	}

	/** There was no answer, or none that can be relied on. */
	static FailedCall unusable(String message, @Nullable String requestId) {
		return new FailedCall(new Verdict(Remedy.RETRY, Certainty.UNKNOWN, Cause.OTHER), message,
				new Reply(null, requestId, null));
	}

	/** There was no answer in time. */
	static FailedCall timedOut(String message) {
		return new FailedCall(new Verdict(Remedy.RETRY, Certainty.UNKNOWN, Cause.TIMEOUT), message, Reply.NONE);
	}

	/** Nothing was sent. */
	static FailedCall notSent(String message) {
		return notSent(Remedy.RETRY_SLOWLY, message);
	}

	/** Nothing was sent, and never will be. */
	static FailedCall unsendable(String message) {
		return notSent(Remedy.GIVE_UP, message);
	}

	private static FailedCall notSent(Remedy remedy, String message) {
		return new FailedCall(new Verdict(remedy, Certainty.NOT_CARRIED_OUT, Cause.OTHER), message, Reply.NONE);
	}

}
