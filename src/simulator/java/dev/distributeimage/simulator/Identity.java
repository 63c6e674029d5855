package dev.distributeimage.simulator;

import org.jspecify.annotations.Nullable;

/**
 * The caller.
 *
 * @param arn the caller's ARN, a user's or a session's
 * @param session the session of a role, or null for the default credentials
 */
record Identity(String account, String arn, @Nullable AssumedSession session) {

	static Identity user(String account, String region) {
		return new Identity(account, "arn:%s:iam::%s:user/simulated".formatted(Arn.partitionOf(region), account), null);
	}

	static Identity of(AssumedSession session) {
		return new Identity(session.account(), session.arn(), session);
	}

	/** The caller's unique id. */
	String userId() {
		return (this.session != null) ? this.session.roleId() + ":" + this.session.name() : "AIDASIMULATED0000000";
	}

}
