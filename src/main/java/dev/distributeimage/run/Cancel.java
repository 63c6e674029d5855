package dev.distributeimage.run;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A caller's request to cancel a run.
 *
 * @param requestedAt the time of the request, or null
 * @param token the client token of the CancelImageCreation, or null
 * @param answered whether AWS has answered the CancelImageCreation
 */
public record Cancel(@Nullable Instant requestedAt, @Nullable String token, boolean answered) {

	/** No cancel is requested. */
	public static final Cancel NONE = new Cancel(null, null, false);

	Cancel withAnswer() {
		return new Cancel(this.requestedAt, this.token, true);
	}

	public boolean isRequested() {
		return this.requestedAt != null;
	}

	/** Whether a cancel is requested and AWS has not answered it yet. */
	public boolean isDue() {
		return isRequested() && !this.answered;
	}

}
