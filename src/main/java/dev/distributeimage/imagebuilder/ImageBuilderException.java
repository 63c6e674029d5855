package dev.distributeimage.imagebuilder;

import java.time.Duration;

import dev.distributeimage.imagebuilder.FailedCall.Cause;
import dev.distributeimage.run.Certainty;
import org.jspecify.annotations.Nullable;

/** Failure of a call to EC2 Image Builder. AWS's message is sanitized and cut. */
public class ImageBuilderException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** Reaction to a failed call. */
	public enum Remedy {

		/** Retry: the call may succeed soon. */
		RETRY,

		/**
		 * Retry at long intervals: the call may succeed once somebody has acted, such as
		 * by raising a quota or renewing credentials.
		 */
		RETRY_SLOWLY,

		/** Stop: the same call will never succeed. */
		GIVE_UP

	}

	private final String operation;

	private final FailedCall call;

	ImageBuilderException(String operation, FailedCall call, @Nullable Throwable cause) {
		super(call.details(), cause);
		this.operation = operation;
		this.call = call;
	}

	/** Returns the AWS operation, such as {@code CreateImage}. */
	public String operation() {
		return this.operation;
	}

	public Remedy remedy() {
		return this.call.verdict().remedy();
	}

	/**
	 * Returns whether AWS may have carried out the call despite the failure. A read has
	 * nothing to carry out.
	 */
	public Certainty certainty() {
		boolean read = this.operation.startsWith("Get") || this.operation.startsWith("List");
		return read ? Certainty.NOT_CARRIED_OUT : this.call.verdict().certainty();
	}

	/** Returns AWS's error code, or null if the response had none. */
	public @Nullable String code() {
		return this.call.error().code();
	}

	/**
	 * Returns the message for callers, which leaves out the service's own identity in
	 * AWS. {@link #getMessage()} is the whole one, for the log.
	 */
	public String message() {
		return this.call.message();
	}

	public @Nullable String requestId() {
		return this.call.error().requestId();
	}

	/** Returns the pause that AWS asked for, or null. */
	public @Nullable Duration retryAfter() {
		return this.call.error().retryAfter();
	}

	/** Returns whether the call timed out. */
	public boolean isTimeout() {
		return this.call.verdict().cause() == Cause.TIMEOUT;
	}

	/**
	 * Returns whether Image Builder was not called, because STS did not answer before.
	 */
	public boolean isStsUnanswered() {
		return this.call.verdict().cause() == Cause.STS_UNANSWERED;
	}

	/** Returns whether AWS throttled the call. */
	public boolean isThrottled() {
		return this.call.verdict().cause() == Cause.THROTTLING;
	}

	/** Returns whether AWS refused the credentials of the call. */
	boolean isAboutCredentials() {
		return code() != null && ErrorCodes.isAboutCredentials(code());
	}

	/** Returns whether AWS's response tells that nothing was carried out. */
	boolean isAnswered() {
		return this.call.verdict().certainty() == Certainty.NOT_CARRIED_OUT;
	}

	/** Returns whether the response is longer than this service reads. */
	boolean isTooLong() {
		return this.call.verdict().cause() == Cause.TOO_LONG;
	}

	/** Returns whether the requested resource does not exist. */
	public boolean isNotFound() {
		return "ResourceNotFoundException".equals(code());
	}

	/** Returns whether other resources in AWS need the resource. */
	public boolean isInUse() {
		return "ResourceDependencyException".equals(code()) || "ResourceInUseException".equals(code());
	}

	/** Returns whether the name is already taken. */
	public boolean isAlreadyExists() {
		return "ResourceAlreadyExistsException".equals(code());
	}

}
