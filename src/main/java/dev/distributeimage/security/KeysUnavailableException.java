package dev.distributeimage.security;

import org.springframework.security.core.AuthenticationException;

/** Whether a token is good cannot be told, because its issuer's keys are not known. */
@SuppressWarnings("serial")
class KeysUnavailableException extends AuthenticationException {

	KeysUnavailableException(Throwable cause) {
		super("The keys of the token's issuer cannot be fetched at the moment.", cause);
	}

}
