package dev.distributeimage.imagebuilder;

import java.io.Serializable;
import java.time.Duration;

import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.Certainty;
import org.jspecify.annotations.Nullable;

/** A call without the expected response. The message is sanitized and cut. */
record FailedCall(Verdict verdict, String message, Reply reply) implements Serializable {

	FailedCall {
		message = AwsText.clean(message);
	}

	/** Conclusions drawn from the failure. */
	record Verdict(Remedy remedy, Certainty certainty, Cause cause) implements Serializable {
	}

	/** Causes that affect the pace of later calls. */
	enum Cause {

		/** The call timed out. */
		TIMEOUT,

		/** AWS throttled the call: this run or others have made too many. */
		THROTTLING,

		/** Anything else. */
		OTHER

	}

	/**
	 * Contents of AWS's error response. Each is null if the response lacked it.
	 *
	 * @param code AWS's error code
	 * @param retryAfter the pause that AWS asks for
	 */
	record Reply(@Nullable String code, @Nullable String requestId,
			@Nullable Duration retryAfter) implements Serializable {

		static final Reply NONE = new Reply(null, null, null);

	}

	/** Describes a call without a reliable response. AWS may have carried it out. */
	static FailedCall unusable(String message, @Nullable String requestId) {
		return new FailedCall(new Verdict(Remedy.RETRY, Certainty.UNKNOWN, Cause.OTHER), message,
				new Reply(null, requestId, null));
	}

	/** Describes a call that timed out. AWS may have carried it out. */
	static FailedCall timedOut(String message) {
		return new FailedCall(new Verdict(Remedy.RETRY, Certainty.UNKNOWN, Cause.TIMEOUT), message, Reply.NONE);
	}

	/** Describes a call that could not be sent. */
	static FailedCall notSent(String message) {
		return notSent(Remedy.RETRY_SLOWLY, message);
	}

	/** Describes a call that can never be sent. */
	static FailedCall unsendable(String message) {
		return notSent(Remedy.GIVE_UP, message);
	}

	private static FailedCall notSent(Remedy remedy, String message) {
		return new FailedCall(new Verdict(remedy, Certainty.NOT_CARRIED_OUT, Cause.OTHER), message, Reply.NONE);
	}

}
