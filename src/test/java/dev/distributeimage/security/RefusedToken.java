package dev.distributeimage.security;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import dev.distributeimage.provider.ProviderKeys;
import dev.distributeimage.provider.Tokens;

/** Tokens that are not accepted, each for one reason. */
@SuppressWarnings("ImmutableEnumChecker")
enum RefusedToken {

	GARBAGE("no signed JWT", (tokens) -> "abc.def.ghi"),

	HALF("no signed JWT", (tokens) -> tokens.withHeader((header) -> {
	}).replaceFirst("\\..*", "")),

	EXPIRED("has expired (exp)",
			(tokens) -> tokens
				.with((claims) -> claims.expirationTime(Tokens.in(minutes(-1))).issueTime(Tokens.in(minutes(-2))))),

	WITHOUT_EXPIRY("never expires (exp)", (tokens) -> tokens.with((claims) -> claims.expirationTime(null))),

	NOT_VALID_YET("not valid yet (nbf)",
			(tokens) -> tokens.with((claims) -> claims.notBeforeTime(Tokens.in(minutes(1))))),

	TOO_LONG_LIVED("valid for too long (iat, exp)",
			(tokens) -> tokens.with((claims) -> claims.expirationTime(Tokens.in(minutes(61))))),

	WITHOUT_TIME_OF_ISSUE("when it was issued", (tokens) -> tokens.with((claims) -> claims.issueTime(null))),

	ISSUED_IN_THE_FUTURE("a time to come (iat)",
			(tokens) -> tokens.with((claims) -> claims.issueTime(Tokens.in(minutes(5))))),

	OF_ANOTHER_ISSUER("does not trust (iss)",
			(tokens) -> tokens.with((claims) -> claims.issuer("https://issuer.example"))),

	OF_ALMOST_THE_ISSUER("does not trust (iss)",
			(tokens) -> tokens.with((claims) -> claims.issuer(tokens.provider().issuer() + "/"))),

	WITHOUT_ISSUER("names no issuer (iss)", (tokens) -> tokens.with((claims) -> claims.issuer(null))),

	FOR_ANOTHER_SERVICE("not for this service (aud)",
			(tokens) -> tokens.with((claims) -> claims.audience("another-service"))),

	WITHOUT_AUDIENCE("not for this service (aud)", (tokens) -> tokens.with((claims) -> claims.audience((String) null))),

	WITHOUT_SUBJECT("no subject", (tokens) -> tokens.with((claims) -> claims.subject(null))),

	WITH_BLANK_SUBJECT("no subject", (tokens) -> tokens.with((claims) -> claims.subject(" "))),

	WITH_VERY_LONG_SUBJECT("cannot be stored: very long",
			(tokens) -> tokens.with((claims) -> claims.subject("a".repeat(513)))),

	BOUND_TO_A_KEY("bound to a key", (tokens) -> tokens.with((claims) -> claims.claim("cnf", Map.of("jkt", "x")))),

	BOUND_TO_NOTHING_KNOWN("bound to a key", (tokens) -> tokens.with((claims) -> claims.claim("cnf", "x"))),

	UNSIGNED("no signed JWT", Tokens::unsigned),

	SIGNED_WITH_THE_PUBLIC_KEY("an algorithm or a key that is not its issuer's", Tokens::signedWithThePublicKey),

	SIGNED_WITH_ANOTHER_KEY("signature is wrong",
			(tokens) -> tokens.withKey(ProviderKeys.rsa(), tokens.provider().keys().current().getKeyID())),

	SIGNED_WITH_AN_UNKNOWN_KEY("an algorithm or a key that is not its issuer's",
			(tokens) -> tokens.withKey(ProviderKeys.rsa(), UUID.randomUUID().toString())),

	WITH_ITS_OWN_KEY("an algorithm or a key that is not its issuer's", (tokens) -> tokens.withOwnKey((header) -> {
	})),

	WITH_ITS_OWN_KEY_SET("an algorithm or a key that is not its issuer's",
			(tokens) -> tokens.withOwnKey((header) -> header.jwkURL(URI.create("http://localhost:1/keys")))),

	SIGNED_WITH_AN_ALGORITHM_NOT_LISTED("an algorithm or a key that is not its issuer's",
			(tokens) -> tokens.elliptic(JWSAlgorithm.ES256, (claims) -> {
			})),

	OF_ANOTHER_TYPE("of a type that is not accepted (typ)",
			(tokens) -> tokens.withHeader((header) -> header.type(new JOSEObjectType("dpop+jwt")))),

	WITH_AN_EXTENSION("signature is wrong", (tokens) -> tokens
		.withHeader((header) -> header.customParam("urn:x", true).criticalParams(Set.of("urn:x"))));

	private final String detail;

	private final Function<Tokens, String> maker;

	RefusedToken(String detail, Function<Tokens, String> maker) {
		this.detail = detail;
		this.maker = maker;
	}

	/** A part of the refusal's detail. */
	String detail() {
		return this.detail;
	}

	String of(Tokens tokens) {
		return this.maker.apply(tokens);
	}

	private static Duration minutes(int minutes) {
		return Duration.ofMinutes(minutes);
	}

}
