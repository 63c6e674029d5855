package dev.distributeimage.imagebuilder;

import java.util.Set;

import dev.distributeimage.imagebuilder.FailedCall.Cause;
import dev.distributeimage.imagebuilder.FailedCall.Verdict;
import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.Certainty;
import org.jspecify.annotations.Nullable;

/**
 * Classifies error responses by HTTP status and AWS error code. The SDK's own retries are
 * off, so the decision to retry is made here alone.
 */
final class ErrorCodes {

	/**
	 * Errors that disappear once somebody has acted, without the suffix
	 * {@code Exception}.
	 */
	private static final Set<String> RETRY_SLOWLY = Set.of("ServiceQuotaExceeded", "ResourceInUse", "RequestExpired",
			"RequestTimeTooSkewed", "InvalidSignature", "SignatureDoesNotMatch", "UnrecognizedClient",
			"InvalidClientTokenId");

	/** Missing permissions, which must not end the polling of a running build. */
	private static final Set<String> RETRY_SLOWLY_FOR_GET_IMAGE = Set.of("AccessDenied", "Forbidden");

	/** Errors that another session may not meet, besides the expired token. */
	private static final Set<String> CREDENTIALS = Set.of("InvalidSignature", "SignatureDoesNotMatch",
			"UnrecognizedClient", "InvalidClientTokenId");

	/** Errors that AWS sends without knowing the outcome. */
	private static final Set<String> ABORTED = Set.of("RequestAborted", "RequestTimeout");

	private ErrorCodes() {
	}

	/**
	 * Classifies an error response.
	 * @param sdkSaysThrottled whether the SDK regards the error as throttling
	 */
	static Verdict verdict(String operation, int status, @Nullable String code, boolean sdkSaysThrottled) {
		boolean throttled = isThrottling(status, code, sdkSaysThrottled);
		return new Verdict(remedy(operation, status, code, throttled),
				isOutcomeUnknown(status, code) ? Certainty.UNKNOWN : Certainty.NOT_CARRIED_OUT,
				throttled ? Cause.THROTTLING : Cause.OTHER);
	}

	private static Remedy remedy(String operation, int status, @Nullable String code, boolean throttled) {
		if (code == null) {
			return Remedy.RETRY;
		}
		String name = withoutSuffix(code);
		if (RETRY_SLOWLY.contains(name) || name.startsWith("ExpiredToken")
				|| (operation.equals("GetImage") && RETRY_SLOWLY_FOR_GET_IMAGE.contains(name))
				|| (operation.equals("DeleteDistributionConfiguration") && name.equals("ResourceDependency"))) {
			return Remedy.RETRY_SLOWLY;
		}
		boolean transientFailure = throttled || status < 400 || isOutcomeUnknown(status, code);
		return transientFailure ? Remedy.RETRY : Remedy.GIVE_UP;
	}

	/** Whether the code says that the credentials are of no use any more. */
	static boolean isAboutCredentials(String code) {
		String name = withoutSuffix(code);
		return name.startsWith("ExpiredToken") || CREDENTIALS.contains(name);
	}

	/** Whether the code says that a permission is missing. */
	static boolean isAccessDenied(String code) {
		return withoutSuffix(code).equals("AccessDenied");
	}

	private static boolean isThrottling(int status, @Nullable String code, boolean sdkSaysThrottled) {
		return sdkSaysThrottled || status == 429
				|| (code != null && withoutSuffix(code).equals("CallRateLimitExceeded"));
	}

	private static boolean isOutcomeUnknown(int status, @Nullable String code) {
		return status >= 500 || status == 408 || (code != null && ABORTED.contains(withoutSuffix(code)));
	}

	static String withoutSuffix(String code) {
		return code.endsWith("Exception") ? code.substring(0, code.length() - "Exception".length()) : code;
	}

}
