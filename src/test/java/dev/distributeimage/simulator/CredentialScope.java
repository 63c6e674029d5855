package dev.distributeimage.simulator;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.distributeimage.simulator.http.HttpRequest;

/**
 * What a request was signed for, from its {@code Authorization} header. The signature
 * itself is not verified: any secret will do.
 */
record CredentialScope(String region, String signingName, String signedHeaders) {

	private static final String SIGNING_NAME = "imagebuilder";

	private static final Pattern AUTHORIZATION = Pattern
		.compile("AWS4-HMAC-SHA256 Credential=[^/, ]+/\\d{8}/([^/, ]+)/([^/, ]+)/aws4_request, ?"
				+ "SignedHeaders=([^, ]+), ?Signature=[0-9a-f]{64}");

	static Optional<CredentialScope> find(HttpRequest request) {
		Matcher matcher = AUTHORIZATION.matcher(request.header("authorization").orElse(""));
		return matcher.matches()
				? Optional.of(new CredentialScope(matcher.group(1), matcher.group(2), matcher.group(3)))
				: Optional.empty();
	}

	static CredentialScope of(HttpRequest request) {
		if (request.header("authorization").isEmpty()) {
			throw new ApiException(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
		}
		CredentialScope scope = find(request).orElseThrow(() -> new ApiException(403, "IncompleteSignature",
				"The Authorization header is not an AWS Signature Version 4."));
		if (request.header("x-amz-date").isEmpty() && request.header("date").isEmpty()) {
			throw new ApiException(403, "IncompleteSignature", "The request has neither X-Amz-Date nor Date.");
		}
		scope.check();
		return scope;
	}

	private void check() {
		if (!Arrays.asList(this.signedHeaders.split(";", -1)).contains("host")) {
			throw new ApiException(403, "InvalidSignatureException", "'Host' must be a signed header.");
		}
		if (!this.signingName.equals(SIGNING_NAME)) {
			throw new ApiException(403, "InvalidSignatureException",
					"Credential should be scoped to correct service: '%s'.".formatted(SIGNING_NAME));
		}
	}

}
