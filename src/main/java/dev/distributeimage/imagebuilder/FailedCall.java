package dev.distributeimage.imagebuilder;

import java.time.Duration;

import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.Certainty;
import org.jspecify.annotations.Nullable;

/** An answer that is not the expected one, or what there is instead of an answer. */
record FailedCall(Remedy remedy, Certainty certainty, @Nullable String code, String message, @Nullable String requestId,
		@Nullable Duration retryAfter, boolean timedOut, boolean throttled) {

	/** There was no answer, or none that can be relied on. */
	static FailedCall unusable(String message, @Nullable String requestId) {
		return new FailedCall(Remedy.RETRY, Certainty.UNKNOWN, null, AwsText.clean(message), requestId, null, false,
				false);
	}

	/** There was no answer in time. */
	static FailedCall timedOut(String message) {
		return new FailedCall(Remedy.RETRY, Certainty.UNKNOWN, null, AwsText.clean(message), null, null, true, false);
	}

	/** Nothing was sent. */
	static FailedCall notSent(String message) {
		return new FailedCall(Remedy.RETRY_SLOWLY, Certainty.NOT_CARRIED_OUT, null, AwsText.clean(message), null, null,
				false, false);
	}

	/** Nothing was sent, and never will be. */
	static FailedCall unsendable(String message) {
		return new FailedCall(Remedy.GIVE_UP, Certainty.NOT_CARRIED_OUT, null, AwsText.clean(message), null, null,
				false, false);
	}

}
