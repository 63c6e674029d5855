package dev.distributeimage.imagebuilder;

import java.time.Duration;

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

	private final Remedy remedy;

	private final Certainty certainty;

	private final @Nullable String code;

	private final @Nullable String requestId;

	private final @Nullable Duration retryAfter;

	private final boolean timedOut;

	private final boolean throttled;

	ImageBuilderException(String operation, FailedCall answer, @Nullable Throwable cause) {
		super(answer.message(), cause);
		this.operation = operation;
		this.remedy = answer.remedy();
		this.certainty = answer.certainty();
		this.code = answer.code();
		this.requestId = answer.requestId();
		this.retryAfter = answer.retryAfter();
		this.timedOut = answer.timedOut();
		this.throttled = answer.throttled();
	}

	/** The AWS operation, such as {@code CreateImage}. */
	public String operation() {
		return this.operation;
	}

	public Remedy remedy() {
		return this.remedy;
	}

	/** Whether AWS may have carried the call out all the same. */
	public Certainty certainty() {
		return this.certainty;
	}

	/** AWS's error code, or null where the answer had none. */
	public @Nullable String code() {
		return this.code;
	}

	/** The call's message, which there always is. */
	public String message() {
		return String.valueOf(getMessage());
	}

	public @Nullable String requestId() {
		return this.requestId;
	}

	/** How long AWS asked us to wait, or null. */
	public @Nullable Duration retryAfter() {
		return this.retryAfter;
	}

	/** Whether the call took all the time it may take. */
	public boolean isTimeout() {
		return this.timedOut;
	}

	/** Whether there were too many calls, of this run or of others. */
	public boolean isThrottled() {
		return this.throttled;
	}

	/** Whether AWS does not know what was asked for. */
	public boolean isNotFound() {
		return "ResourceNotFoundException".equals(this.code);
	}

	/** Whether AWS has something of that name. */
	public boolean isAlreadyExists() {
		return "ResourceAlreadyExistsException".equals(this.code);
	}

}
