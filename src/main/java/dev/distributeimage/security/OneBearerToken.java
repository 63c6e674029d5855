package dev.distributeimage.security;

import java.util.Collections;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.BearerTokenErrors;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;

/**
 * Takes the token from the only Authorization header. A proxy in between might have
 * looked at another one than this service does.
 */
final class OneBearerToken implements BearerTokenResolver {

	private final BearerTokenResolver header = new DefaultBearerTokenResolver();

	@Override
	public @Nullable String resolve(HttpServletRequest request) {
		if (Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION)).size() > 1) {
			throw new OAuth2AuthenticationException(BearerTokenErrors.invalidRequest("Several Authorization headers"));
		}
		return this.header.resolve(request);
	}

}
