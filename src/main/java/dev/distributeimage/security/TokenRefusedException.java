package dev.distributeimage.security;

import org.springframework.security.core.AuthenticationException;

/**
 * A token is not accepted. The message says why, for its sender; the rule, for the
 * record.
 */
@SuppressWarnings("serial")
class TokenRefusedException extends AuthenticationException {

	private final String rule;

	TokenRefusedException(String rule, String detail) {
		super(detail);
		this.rule = rule;
	}

	/** The part of the token that is wrong: its claims, or another part. */
	String rule() {
		return this.rule;
	}

}
