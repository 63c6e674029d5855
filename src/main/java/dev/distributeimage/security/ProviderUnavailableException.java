package dev.distributeimage.security;

import org.springframework.security.core.AuthenticationException;

/**
 * Nobody can sign in to the page, because the addresses of its provider are not known.
 */
@SuppressWarnings("serial")
class ProviderUnavailableException extends AuthenticationException {

	ProviderUnavailableException() {
		super("The provider that people sign in at cannot be reached at the moment.");
	}

}
