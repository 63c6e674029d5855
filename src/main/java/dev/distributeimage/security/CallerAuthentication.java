package dev.distributeimage.security;

import java.util.List;

import dev.distributeimage.caller.Caller;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AbstractAuthenticationToken;

/** A sender whose token is good: a caller, or one that no rule makes a caller. */
@SuppressWarnings("serial")
final class CallerAuthentication extends AbstractAuthenticationToken {

	private final Caller sender;

	private final @Nullable Refusal refusal;

	private CallerAuthentication(Caller sender, @Nullable Refusal refusal) {
		super(List.of());
		this.sender = sender;
		this.refusal = refusal;
		setAuthenticated(true);
	}

	static CallerAuthentication of(Caller caller) {
		return new CallerAuthentication(caller, null);
	}

	static CallerAuthentication refused(Caller stranger, Refusal refusal) {
		return new CallerAuthentication(stranger, refusal);
	}

	/** The caller, or null if there is a refusal. */
	@Nullable Caller caller() {
		return (this.refusal == null) ? this.sender : null;
	}

	/** The holder of the token, let in or not. */
	Caller sender() {
		return this.sender;
	}

	/** Why the sender may do nothing, or null for a caller. */
	@Nullable Refusal refusal() {
		return this.refusal;
	}

	@Override
	public String getName() {
		return this.sender.name();
	}

	@Override
	public @Nullable Object getPrincipal() {
		return caller();
	}

	@Override
	public @Nullable Object getCredentials() {
		return null;
	}

}
