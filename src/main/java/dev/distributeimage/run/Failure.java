package dev.distributeimage.run;

import org.jspecify.annotations.Nullable;

/**
 * A failed call.
 *
 * @param operation the AWS operation, such as {@code CreateImage}
 * @param code AWS's error code, or null if the response had none
 * @param requestId AWS's request id, or null if the response had none
 */
public record Failure(StepId step, String operation, @Nullable String code, String message,
		@Nullable String requestId) {
}
