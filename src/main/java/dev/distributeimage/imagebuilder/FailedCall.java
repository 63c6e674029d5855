package dev.distributeimage.imagebuilder;

import java.io.Serializable;
import java.time.Duration;

import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.Certainty;
import org.jspecify.annotations.Nullable;

/**
 * A call without the expected response. Both texts are sanitized and cut.
 *
 * @param message the text for callers, without the service's own identity in AWS
 * @param details the text for the log, with all that is known
 */
record FailedCall(Verdict verdict, String message, String details, ErrorDetails error) implements Serializable {

	private static final String NO_CREDENTIALS = "The service has no AWS credentials at the moment";

	FailedCall {
		message = AwsText.forCallers(message);
		details = AwsText.clean(details);
	}

	FailedCall(Verdict verdict, String message, ErrorDetails error) {
		this(verdict, message, message, error);
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

		/** The response is longer than this service reads. */
		TOO_LONG,

		/** STS has not answered, so that the call was not sent. */
		STS_UNANSWERED,

		/** Anything else. */
		OTHER

	}

	/**
	 * Contents of AWS's error response. Each is null if the response lacked it.
	 *
	 * @param code AWS's error code
	 * @param retryAfter the pause that AWS asks for
	 */
	record ErrorDetails(@Nullable String code, @Nullable String requestId,
			@Nullable Duration retryAfter) implements Serializable {

		static final ErrorDetails NONE = new ErrorDetails(null, null, null);

	}

	/** Describes a call without a reliable response. AWS may have carried it out. */
	static FailedCall unusable(String message, @Nullable String requestId) {
		return new FailedCall(new Verdict(Remedy.RETRY, Certainty.UNKNOWN, Cause.OTHER), message,
				new ErrorDetails(null, requestId, null));
	}

	/** Describes a call whose response was not read. AWS may have carried it out. */
	static FailedCall unread(UnreadResponseException ex) {
		Cause cause = (ex instanceof ResponseTooLongException) ? Cause.TOO_LONG : Cause.OTHER;
		return new FailedCall(new Verdict(Remedy.RETRY, Certainty.UNKNOWN, cause), String.valueOf(ex.getMessage()),
				ErrorDetails.NONE);
	}

	/** Describes a call that timed out. AWS may have carried it out. */
	static FailedCall timedOut(String message) {
		return new FailedCall(new Verdict(Remedy.RETRY, Certainty.UNKNOWN, Cause.TIMEOUT), message, ErrorDetails.NONE);
	}

	/**
	 * Describes a call that could not be sent for lack of credentials. Callers are not
	 * told where these were looked for.
	 */
	static FailedCall withoutCredentials(String details) {
		return new FailedCall(new Verdict(Remedy.RETRY_SLOWLY, Certainty.NOT_CARRIED_OUT, Cause.OTHER), NO_CREDENTIALS,
				NO_CREDENTIALS + ": " + details, ErrorDetails.NONE);
	}

	/** Describes a call that was not sent, because it would reach another account. */
	static FailedCall ofAnotherAccount(String account) {
		return new FailedCall(new Verdict(Remedy.RETRY_SLOWLY, Certainty.NOT_CARRIED_OUT, Cause.OTHER),
				"The service has no AWS credentials for the account " + account, ErrorDetails.NONE);
	}

	/** Describes a call that was not sent, because STS gave no session for it. */
	static FailedCall stsUnanswered(String account, String details) {
		String message = "The service has no session of its role in the account %s at the moment".formatted(account);
		return new FailedCall(new Verdict(Remedy.RETRY, Certainty.NOT_CARRIED_OUT, Cause.STS_UNANSWERED), message,
				message + ": " + details, ErrorDetails.NONE);
	}

	/** Describes a call that can never be sent. */
	static FailedCall unsendable(String message) {
		return new FailedCall(new Verdict(Remedy.GIVE_UP, Certainty.NOT_CARRIED_OUT, Cause.OTHER), message,
				ErrorDetails.NONE);
	}

}
