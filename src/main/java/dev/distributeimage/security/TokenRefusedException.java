package dev.distributeimage.security;

import org.springframework.security.core.AuthenticationException;

/** A token is not accepted. The message says why, for its sender. */
@SuppressWarnings("serial")
class TokenRefusedException extends AuthenticationException {

	TokenRefusedException(String detail) {
		super(detail);
	}

}
