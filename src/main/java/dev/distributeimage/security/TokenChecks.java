package dev.distributeimage.security;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.nimbusds.jose.JOSEObjectType;

import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * Checks what a token says, once its signature has been verified. All checks that fail
 * are told, and no value of a claim is.
 */
final class TokenChecks implements OAuth2TokenValidator<Jwt> {

	private static final int LONGEST_SUBJECT = 512;

	private final ConfiguredIssuer issuer;

	private final IssuerSettings settings;

	private final Set<JOSEObjectType> types;

	private final Clock clock;

	TokenChecks(ConfiguredIssuer issuer, Clock clock) {
		this.issuer = issuer;
		this.settings = issuer.settings();
		this.types = this.settings.types().stream().map(TokenChecks::type).collect(Collectors.toSet());
		this.clock = clock;
	}

	@Override
	public OAuth2TokenValidatorResult validate(Jwt token) {
		return OAuth2TokenValidatorResult.failure(Stream.concat(checked(token), checkedTimes(token))
			.filter((check) -> !check.holds())
			.map((check) -> new OAuth2Error(check.rule(), check.detail(), null))
			.toList());
	}

	private Stream<Check> checked(Jwt token) {
		List<String> audience = Objects.requireNonNullElse(token.getAudience(), List.of());
		String subject = token.getSubject();
		return Stream.of(new Check("typ", "The token is of a type that is not accepted (typ).", hasType(token)),
				new Check("iss", "The token is of another issuer (iss).",
						this.issuer.issuer().equals(token.getClaims().get("iss"))),
				new Check("aud", "The token is not for this service (aud).",
						!Collections.disjoint(audience, this.settings.audiences())),
				new Check("sub",
						"The token has no subject, or one that cannot be stored: very long, or with control characters (sub).",
						subject != null && isStorable(subject)),
				new Check("cnf",
						"The token is bound to a key that only its client has, which cannot be checked here (cnf).",
						!token.hasClaim("cnf")));
	}

	// A time of issue to come would let a token be valid for longer than it seems.
	private Stream<Check> checkedTimes(Jwt token) {
		Instant issued = token.getIssuedAt();
		Instant expires = token.getExpiresAt();
		Instant notBefore = token.getNotBefore();
		Instant early = this.clock.instant().minus(this.settings.clockSkew());
		Instant late = this.clock.instant().plus(this.settings.clockSkew());
		return Stream.of(new Check("exp", "The token never expires (exp).", expires != null),
				new Check("exp", "The token has expired (exp).", expires == null || expires.isAfter(early)),
				new Check("nbf", "The token is not valid yet (nbf).", notBefore == null || !notBefore.isAfter(late)),
				new Check("iat", "The token does not say when it was issued, or says a time to come (iat).",
						issued != null && !issued.isAfter(late)),
				new Check("lifetime", "The token is valid for too long (iat, exp).", issued == null || expires == null
						|| !expires.isAfter(issued.plus(this.settings.maxLifetime()))));
	}

	private boolean hasType(Jwt token) {
		Object type = token.getHeaders().get("typ");
		return type == null || this.types.contains(type(type.toString()));
	}

	// It is stored as the creator of runs, and perhaps as their owner.
	private static boolean isStorable(String subject) {
		return !subject.isBlank() && subject.length() <= LONGEST_SUBJECT && subject.codePoints()
			.noneMatch((point) -> Character.getType(point) == Character.SURROGATE || Character.isISOControl(point));
	}

	// RFC 7515 lets tokens leave out the first part of the media type.
	private static JOSEObjectType type(String text) {
		return new JOSEObjectType(text.regionMatches(true, 0, "application/", 0, 12) ? text.substring(12) : text);
	}

	/**
	 * The details of all that failed.
	 */
	static String details(Collection<OAuth2Error> errors) {
		return errors.stream().map(OAuth2Error::getDescription).collect(Collectors.joining(" "));
	}

	/** The rules of all that failed, for the record. */
	static String rules(Collection<OAuth2Error> errors) {
		return errors.stream().map(OAuth2Error::getErrorCode).distinct().collect(Collectors.joining(", "));
	}

	/** A check, and what to tell if it does not hold. */
	private record Check(String rule, String detail, boolean holds) {
	}

}
