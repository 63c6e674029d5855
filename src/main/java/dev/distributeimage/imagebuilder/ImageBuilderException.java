package dev.distributeimage.imagebuilder;

import java.time.Duration;

import dev.distributeimage.imagebuilder.FailedCall.Cause;
import dev.distributeimage.run.Certainty;
import org.jspecify.annotations.Nullable;

/** A call to EC2 Image Builder that failed. The message is AWS's, cleaned and cut. */
public class ImageBuilderException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** What to do about a failed call. */
	public enum Remedy {

		/** It may succeed soon. */
		RETRY,

		/**
		 * It may succeed once somebody has done something: raised a quota, renewed
		 * credentials.
		 */
		RETRY_SLOWLY,

		/** It will never succeed as it is. */
		GIVE_UP

	}

	private final String operation;

	private final FailedCall call;

	ImageBuilderException(String operation, FailedCall call, @Nullable Throwable cause) {
		super(call.message(), cause);
		this.operation = operation;
		this.call = call;
	}

	/** The AWS operation, such as {@code CreateImage}. */
	public String operation() {
		return this.operation;
	}

	public Remedy remedy() {
		return this.call.verdict().remedy();
	}

	/** Whether AWS may have carried the call out all the same. */
	public Certainty certainty() {
		return this.call.verdict().certainty();
	}

	/** AWS's error code, or null where the answer had none. */
	public @Nullable String code() {
		return this.call.reply().code();
	}

	/** The call's message, which there always is. */
	public String message() {
		return this.call.message();
	}

	public @Nullable String requestId() {
		return this.call.reply().requestId();
	}

	/** How long AWS asked us to wait, or null. */
	public @Nullable Duration retryAfter() {
		return this.call.reply().retryAfter();
	}

	/** Whether the call took all the time it may take. */
	public boolean isTimeout() {
		return this.call.verdict().cause() == Cause.TIMEOUT;
	}

	/** Whether there were too many calls, of this run or of others. */
	public boolean isThrottled() {
		return this.call.verdict().cause() == Cause.THROTTLING;
	}

	/** Whether AWS does not know what was asked for. */
	public boolean isNotFound() {
		return "ResourceNotFoundException".equals(code());
	}

	/** Whether AWS has something of that name. */
	public boolean isAlreadyExists() {
		return "ResourceAlreadyExistsException".equals(code());
	}

}
