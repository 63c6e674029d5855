package dev.distributeimage.security;

import java.util.List;

import dev.distributeimage.caller.Caller;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AbstractAuthenticationToken;

/** A sender whose token is good: a caller, or one that no rule makes a caller. */
@SuppressWarnings("serial")
final class CallerAuthentication extends AbstractAuthenticationToken {

	private final @Nullable Caller caller;

	private final @Nullable Refusal refusal;

	private CallerAuthentication(@Nullable Caller caller, @Nullable Refusal refusal) {
		super(List.of());
		this.caller = caller;
		this.refusal = refusal;
		setAuthenticated(true);
	}

	static CallerAuthentication of(Caller caller) {
		return new CallerAuthentication(caller, null);
	}

	static CallerAuthentication refused(Refusal refusal) {
		return new CallerAuthentication(null, refusal);
	}

	/** The caller, or null if there is a refusal. */
	@Nullable Caller caller() {
		return this.caller;
	}

	/** Why the sender may do nothing, or null for a caller. */
	@Nullable Refusal refusal() {
		return this.refusal;
	}

	@Override
	public String getName() {
		return (this.caller != null) ? this.caller.name() : "";
	}

	@Override
	public @Nullable Object getPrincipal() {
		return this.caller;
	}

	@Override
	public @Nullable Object getCredentials() {
		return null;
	}

}
