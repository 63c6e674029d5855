package dev.distributeimage.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.distributeimage.caller.Caller;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/**
 * Remembers callers by their tokens for a minute: a pipeline that polls sends the same
 * one again and again. A token that expires is forgotten, and a refused one is not
 * remembered.
 */
final class VerifiedTokens implements AuthenticationManagerResolver<HttpServletRequest> {

	private static final Duration LONGEST = Duration.ofMinutes(1);

	private static final int MOST = 10_000;

	private final Cache<String, Verified> known = Caffeine.newBuilder()
		.maximumSize(MOST)
		.expireAfterWrite(LONGEST)
		.build();

	private final AuthenticationManagerResolver<HttpServletRequest> verifiers;

	private final Clock clock;

	VerifiedTokens(AuthenticationManagerResolver<HttpServletRequest> verifiers, Clock clock) {
		this.verifiers = verifiers;
		this.clock = clock;
	}

	@Override
	public AuthenticationManager resolve(HttpServletRequest request) {
		return (authentication) -> authenticate(authentication, this.verifiers.resolve(request));
	}

	private Authentication authenticate(Authentication authentication, AuthenticationManager verifier) {
		String token = ((BearerTokenAuthenticationToken) authentication).getToken();
		Instant now = this.clock.instant();
		Verified verified = this.known.getIfPresent(token);
		if (verified != null && now.isBefore(verified.until())) {
			return verified.sender();
		}
		Authentication sender = verifier.authenticate(authentication);
		Caller caller = (sender instanceof CallerAuthentication known) ? known.caller() : null;
		if (caller != null) {
			this.known.put(token, new Verified(sender, until(caller, now)));
		}
		return sender;
	}

	/** Whether the text is a token that is remembered. */
	boolean know(String token) {
		return this.known.getIfPresent(token) != null;
	}

	private static Instant until(Caller caller, Instant now) {
		Instant longest = now.plus(LONGEST);
		Caller.Token token = caller.token();
		return (token != null && token.expiresAt().isBefore(longest)) ? token.expiresAt() : longest;
	}

	/**
	 * A sender whose token was verified.
	 *
	 * @param until from then on it has to be verified again
	 */
	private record Verified(Authentication sender, Instant until) {
	}

}
