package dev.distributeimage.imagebuilder;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Values of the label {@code code} of metrics: AWS's codes as they came, as far as they
 * are known. AWS, or a proxy, may send any text, and each would be a series.
 */
public final class CodeLabel {

	private static final String NONE = "none";

	private static final String OTHER = "other";

	/**
	 * Errors of Image Builder by its model, and those common to AWS's services, without
	 * the suffix {@code Exception}.
	 */
	private static final Set<String> KNOWN = Set.of("AccessDenied", "CallRateLimitExceeded", "Client",
			"DryRunOperation", "ExpiredToken", "Forbidden", "IdempotentParameterMismatch", "IncompleteSignature",
			"InternalFailure", "InternalServerError", "InternalServiceError", "InvalidClientTokenId",
			"InvalidPaginationToken", "InvalidParameter", "InvalidParameterCombination", "InvalidParameterValue",
			"InvalidRequest", "InvalidSignature", "InvalidVersionNumber", "MissingAuthenticationToken", "NotAuthorized",
			"OptInRequired", "RequestAborted", "RequestEntityTooLarge", "RequestExpired", "RequestLimitExceeded",
			"RequestThrottled", "RequestTimeTooSkewed", "RequestTimeout", "ResourceAlreadyExists", "ResourceDependency",
			"ResourceInUse", "ResourceNotFound", "Service", "ServiceQuotaExceeded", "ServiceUnavailable",
			"SignatureDoesNotMatch", "SlowDown", "Throttling", "TooManyRequests", "UnknownOperation",
			"UnrecognizedClient", "ValidationError", "Validation");

	private CodeLabel() {
	}

	/** Returns the value for a code, or for a missing code. */
	public static String of(@Nullable String code) {
		if (code == null) {
			return NONE;
		}
		return KNOWN.contains(ErrorCodes.withoutSuffix(code)) ? code : OTHER;
	}

}
