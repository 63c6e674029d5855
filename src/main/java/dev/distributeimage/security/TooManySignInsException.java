package dev.distributeimage.security;

import org.springframework.security.core.AuthenticationException;

/** More people want to sign in at once than the provider is asked about. */
@SuppressWarnings("serial")
class TooManySignInsException extends AuthenticationException {

	TooManySignInsException() {
		super("Too many people are signing in. Try again in a minute.");
	}

}
