package dev.distributeimage.audit;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Requester;
import org.jspecify.annotations.Nullable;

/**
 * A record of what somebody did or was refused. It has no tokens, headers or bodies: all
 * that callers write, and that may be in it, is named by {@link #members}.
 *
 * @param rule the rule that was broken, or null
 * @param run the run that it is about, or null
 * @param status the status of the answer
 * @param inputs what was asked for; null unless a run was to be started
 * @param more how many requests it stands for that have no record of their own, or null
 */
public record AuditEvent(AuditedAction action, @Nullable String rule, Requester by, @Nullable UUID run, int status,
		@Nullable AuditedInputs inputs, @Nullable Integer more) {

	private static final int LONGEST = 1024;

	private static final int OK = 200;

	private static final int ACCEPTED = 202;

	/** The record of one request. */
	public AuditEvent(AuditedAction action, @Nullable String rule, Requester by, @Nullable UUID run, int status,
			@Nullable AuditedInputs inputs) {
		this(action, rule, by, run, status, inputs, null);
	}

	/** The start of a run. */
	public static AuditEvent started(Requester by, UUID run, AuditedInputs inputs) {
		return new AuditEvent(AuditedAction.START, null, by, run, ACCEPTED, inputs);
	}

	/** The change of a run. */
	public static AuditEvent changed(AuditedAction action, Requester by, UUID run) {
		return new AuditEvent(action, null, by, run, ACCEPTED, null);
	}

	/** The check of a start. */
	public static AuditEvent validated(Requester by, AuditedInputs inputs) {
		return new AuditEvent(AuditedAction.VALIDATE, null, by, null, OK, inputs);
	}

	/** The check of a retry or a removal. */
	public static AuditEvent validated(Requester by, UUID run) {
		return new AuditEvent(AuditedAction.VALIDATE, null, by, run, OK, null);
	}

	/** The record of requests that were refused as this one was, the last of them. */
	AuditEvent standingFor(int requests) {
		return new AuditEvent(this.action, this.rule, new Requester(this.by.caller(), this.by.address(), ""), null,
				this.status, null, requests);
	}

	/** Whether it is about somebody of whom nothing is known but the address. */
	boolean isOfAStranger() {
		return this.by.caller().name().isEmpty();
	}

	/** The members by name, without those that are not known. */
	public Map<String, Object> members() {
		Caller caller = this.by.caller();
		Caller.Token token = caller.token();
		Map<String, Object> members = new LinkedHashMap<>();
		members.put("event", this.action.event());
		members.put("outcome", this.action.outcome());
		put(members, "rule", this.rule);
		put(members, "issuer", caller.issuer());
		put(members, "subject", caller.subject());
		put(members, "caller", caller.name());
		put(members, "owner", caller.owner());
		put(members, "clientId", (token != null) ? token.clientId() : null);
		put(members, "tokenId", (token != null) ? token.id() : null);
		put(members, "address", this.by.address());
		put(members, "requestId", this.by.requestId());
		put(members, "run", (this.run != null) ? this.run.toString() : null);
		members.put("status", this.status);
		if (this.inputs != null) {
			this.inputs.addTo(members);
		}
		if (this.more != null) {
			members.put("more", this.more);
		}
		return members;
	}

	static void put(Map<String, Object> members, String name, @Nullable String text) {
		if (text != null && !text.isEmpty()) {
			members.put(name, storable(text));
		}
	}

	// PostgreSQL stores neither a NUL nor half a character. One bad text would lose all
	// that is stored with it.
	private static String storable(String text) {
		String shortened = text.substring(0, Math.min(text.length(), LONGEST));
		return new String(shortened.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).replace('\0', '?');
	}

}
