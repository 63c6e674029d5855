package dev.distributeimage.run;

import org.jspecify.annotations.Nullable;

/**
 * Why a distribution configuration is not removed yet, or not at all.
 *
 * @param code AWS's error code, or null if the response had none or AWS was not asked
 * @param requestId AWS's request id, or null
 */
public record RemovalFailure(@Nullable String code, String message, @Nullable String requestId) {

	/** The configuration stays for a reason that this service knows. */
	public static RemovalFailure of(String message) {
		return new RemovalFailure(null, message, null);
	}

}
