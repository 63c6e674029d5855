package dev.distributeimage.workflow;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The client tokens that the calls of a run must have: every repeat the one of the first,
 * until it is spent.
 */
final class ExpectedTokens {

	private final Complaints complaints;

	private final Map<String, String> current = new HashMap<>();

	private final Set<String> sent = new HashSet<>();

	ExpectedTokens(Complaints complaints) {
		this.complaints = complaints;
	}

	void set(String operation, String token) {
		this.current.put(operation, token);
	}

	/** The next call of the operation has a token that none of them had before. */
	void spent(String operation) {
		this.current.remove(operation);
	}

	/** A call is sent with this token. */
	void sent(String operation, String token) {
		String right = this.current.get(operation);
		if (right == null) {
			this.complaints.unless(!wasSent(operation, token), "%s has an old token", operation);
			right = token;
		}
		this.complaints.unless(token.equals(right), "%s has the token %s instead of %s", operation, token, right);
		this.current.put(operation, right);
		this.sent.add(operation + token);
	}

	boolean wasSent(String operation, String token) {
		return this.sent.contains(operation + token);
	}

	@Nullable String current(String operation) {
		return this.current.get(operation);
	}

}
