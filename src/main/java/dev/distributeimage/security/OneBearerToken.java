package dev.distributeimage.security;

import java.util.Enumeration;
import java.util.function.Predicate;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.BearerTokenErrors;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;

/**
 * Takes the token from the only Authorization header. A proxy in between might have
 * looked at another one than this service does. The form of a token that is known needs
 * no second look, which would take as long as all else that is done about it.
 */
final class OneBearerToken implements BearerTokenResolver {

	private static final String SCHEME = "Bearer ";

	private final BearerTokenResolver header = new DefaultBearerTokenResolver();

	private final Predicate<String> known;

	OneBearerToken(Predicate<String> known) {
		this.known = known;
	}

	@Override
	public @Nullable String resolve(HttpServletRequest request) {
		Enumeration<String> headers = request.getHeaders(HttpHeaders.AUTHORIZATION);
		String first = headers.hasMoreElements() ? headers.nextElement() : "";
		if (headers.hasMoreElements()) {
			throw new OAuth2AuthenticationException(BearerTokenErrors.invalidRequest("Several Authorization headers"));
		}
		if (first.startsWith(SCHEME)) {
			String token = first.substring(SCHEME.length());
			if (this.known.test(token)) {
				return token;
			}
		}
		return this.header.resolve(request);
	}

}
