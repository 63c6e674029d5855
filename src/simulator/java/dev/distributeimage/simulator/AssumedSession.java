package dev.distributeimage.simulator;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A session of a role, as AssumeRole asked for it.
 *
 * @param number counted from 1
 * @param region the Region in which STS was asked
 * @param externalId the external id that was sent, or null
 * @param policy the session policy that was sent, or null
 * @param seconds how long it lasts, counted from {@code at}
 */
public record AssumedSession(int number, Instant at, String region, String roleArn, String name,
		@Nullable String externalId, @Nullable String policy, int seconds, Map<String, String> tags) {

	/** Begins the access keys of all sessions of simulators. */
	static final String ACCESS_KEY = "ASIASIMULATED";

	public AssumedSession {
		tags = Map.copyOf(tags);
	}

	/** The account that it is a session in, the role's. */
	public String account() {
		return this.roleArn.split(":", 6)[4];
	}

	/** The session's ARN. Paths of roles are not in it. */
	public String arn() {
		return "arn:%s:sts::%s:assumed-role/%s/%s".formatted(this.roleArn.split(":", 6)[1], account(), roleName(),
				this.name);
	}

	private String roleName() {
		return this.roleArn.substring(this.roleArn.lastIndexOf('/') + 1);
	}

	String roleId() {
		return "AROA%016X".formatted(this.roleArn.hashCode() & 0xffffffffL);
	}

	String accessKey() {
		return ACCESS_KEY + "%07d".formatted(this.number);
	}

	String secretKey() {
		return "simulated/secret/key/of/session/%08d".formatted(this.number);
	}

	String token() {
		return "simulated+session+token+%08d==".formatted(this.number);
	}

	Instant end() {
		return this.at.plusSeconds(this.seconds);
	}

}
