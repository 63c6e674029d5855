package dev.distributeimage.simulator;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.distributeimage.simulator.http.HttpRequest;

/**
 * The scope of a request's signature, from its {@code Authorization} header. The
 * signature itself is not verified: any secret is accepted, but the time must be
 * right.
 */
record CredentialScope(String accessKey, String region, String signingName, String signedHeaders) {

	/** Tolerated clock skew, in either direction. */
	private static final Duration MOST_SKEW = Duration.ofMinutes(5);

	private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
		.withZone(ZoneOffset.UTC);

	private static final Pattern AUTHORIZATION = Pattern
		.compile("AWS4-HMAC-SHA256 Credential=([^/, ]+)/\\d{8}/([^/, ]+)/([^/, ]+)/aws4_request, ?"
				+ "SignedHeaders=([^, ]+), ?Signature=[0-9a-f]{64}");

	static Optional<CredentialScope> find(HttpRequest request) {
		Matcher matcher = AUTHORIZATION.matcher(request.header("authorization").orElse(""));
		return matcher.matches()
				? Optional.of(new CredentialScope(matcher.group(1), matcher.group(2), matcher.group(3), matcher.group(4)))
				: Optional.empty();
	}

	static CredentialScope of(HttpRequest request, String service) {
		if (request.header("authorization").isEmpty()) {
			throw new ApiException(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
		}
		CredentialScope scope = find(request).orElseThrow(() -> new ApiException(403, "IncompleteSignature",
				"The Authorization header is not an AWS Signature Version 4."));
		if (request.header("x-amz-date").isEmpty() && request.header("date").isEmpty()) {
			throw new ApiException(403, "IncompleteSignature", "The request has neither X-Amz-Date nor Date.");
		}
		scope.check(service);
		request.header("x-amz-date").ifPresent(CredentialScope::checkDate);
		return scope;
	}

	// Uses this machine's clock even if images follow another one: clients sign with
	// their own.
	private static void checkDate(String text) {
		Instant now = Instant.now();
		Instant date = date(text);
		if (date.isBefore(now.minus(MOST_SKEW))) {
			throw new ApiException(403, "InvalidSignatureException",
					"Signature expired: %s is now earlier than %s (%s - 5 min.)".formatted(text,
							DATE.format(now.minus(MOST_SKEW)), DATE.format(now)));
		}
		if (date.isAfter(now.plus(MOST_SKEW))) {
			throw new ApiException(403, "InvalidSignatureException",
					"Signature not yet current: %s is still later than %s (%s + 5 min.)".formatted(text,
							DATE.format(now.plus(MOST_SKEW)), DATE.format(now)));
		}
	}

	private static Instant date(String text) {
		try {
			return DATE.parse(text, Instant::from);
		}
		catch (DateTimeException ex) {
			throw new ApiException(403, "IncompleteSignature",
					"Date must be in ISO-8601 'basic format'. Got '%s'.".formatted(text));
		}
	}

	private void check(String service) {
		if (!Arrays.asList(this.signedHeaders.split(";", -1)).contains("host")) {
			throw new ApiException(403, "InvalidSignatureException", "'Host' must be a signed header.");
		}
		if (!this.signingName.equals(service)) {
			throw new ApiException(403, "InvalidSignatureException",
					"Credential should be scoped to correct service: '%s'.".formatted(service));
		}
	}

}
