package dev.distributeimage.security;

import org.springframework.security.authorization.AuthorizationDecision;

/** The decision that a sender may not do what it asks for. */
final class Refusal extends AuthorizationDecision {

	private static final long serialVersionUID = 1L;

	private final String rule;

	private final String detail;

	/**
	 * Creates the refusal.
	 * @param rule the rule that is broken
	 * @param detail a sentence that a caller can act on
	 */
	Refusal(String rule, String detail) {
		super(false);
		this.rule = rule;
		this.detail = detail;
	}

	String rule() {
		return this.rule;
	}

	String detail() {
		return this.detail;
	}

}
