package dev.distributeimage.audit;

/** The actions that events are about. */
public enum AuditedAction {

	/** A run was started. */
	START("run.start", true),

	/** A start, a retry or a removal was checked, and nothing was changed. */
	VALIDATE("run.validate", true),

	/** The cancellation of a run was requested. */
	CANCEL("run.cancel", true),

	/** A run was retried. */
	RETRY("run.retry", true),

	/** The removal of what a run has left was requested. */
	REMOVE("leftover.remove", true),

	/** Runs, or the events of one, were read. */
	READ("run.read", true),

	/** The sender has no token that is accepted. */
	AUTHENTICATION("authentication.refused", false),

	/** The sender may not do what it asked for. */
	AUTHORIZATION("authorization.refused", false),

	/** The sender has asked too much or too often. */
	LIMIT("limit.refused", false);

	private final String event;

	private final boolean allowed;

	AuditedAction(String event, boolean allowed) {
		this.event = event;
		this.allowed = allowed;
	}

	/** The name, as records have it. */
	String event() {
		return this.event;
	}

	boolean isAllowed() {
		return this.allowed;
	}

	/** How it ended, as records have it. */
	String outcome() {
		return this.allowed ? "allowed" : "refused";
	}

}
