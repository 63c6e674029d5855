package dev.distributeimage.simulator;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import dev.distributeimage.simulator.Sts.Role;
import org.jspecify.annotations.Nullable;

/**
 * Begins a session of a role, if its trust policy lets the caller in. AWS's own checks
 * come first, in AWS's words.
 */
final class AssumeRole {

	private static final Set<String> NAMES = Set.of("RoleArn", "RoleSessionName", "ExternalId", "DurationSeconds",
			"Policy");

	private static final Pattern ROLE_ARN = Pattern.compile("arn:aws[a-z-]*:iam::\\d{12}:role/[\\w+=,.@/-]+");

	private static final Pattern NAME = Pattern.compile("[\\w+=,.@-]*");

	private static final Pattern EXTERNAL_ID = Pattern.compile("[\\w+=,.@:/-]*");

	private static final Pattern TAG = Pattern.compile("Tags\\.member\\.([1-9]\\d{0,1})\\.(Key|Value)");

	private static final int DEFAULT_SECONDS = 3600;

	private static final int MOST_POLICY = 2048;

	private final Sts sts;

	private final Map<String, String> parameters;

	AssumeRole(Sts sts, Map<String, String> parameters) {
		this.sts = sts;
		this.parameters = parameters;
	}

	AssumedSession begin(Identity caller, String region, InstantSource clock) {
		Map<String, String> tags = tags();
		String roleArn = required("RoleArn", 20, 2048, ROLE_ARN);
		String name = required("RoleSessionName", 2, 64, NAME);
		String externalId = optional("ExternalId", 2, 1224, EXTERNAL_ID);
		int seconds = seconds();
		String policy = optional("Policy", 1, MOST_POLICY, null);
		if (policy != null) {
			PolicyDocument.parse(policy);
		}
		checkTrust(caller, roleArn, externalId);
		checkDuration(caller, seconds);
		return this.sts
			.begin(new AssumedSession(0, clock.instant().truncatedTo(ChronoUnit.SECONDS), region, roleArn, name, externalId, policy, seconds, tags));
	}

	/** How full the session is of what is packed into its token, in percent. */
	static int packedSize(AssumedSession session) {
		int length = (session.policy() != null) ? session.policy().length() : 0;
		return (length * 100 + MOST_POLICY - 1) / MOST_POLICY;
	}

	private Map<String, String> tags() {
		Map<String, String> keys = new HashMap<>();
		Map<String, String> values = new HashMap<>();
		this.parameters.forEach((name, value) -> {
			var tag = TAG.matcher(name);
			if (tag.matches()) {
				(tag.group(2).equals("Key") ? keys : values).put(tag.group(1), value);
			}
			else if (!NAMES.contains(name)) {
				throw invalid("The parameter %s is not known to the simulator.".formatted(name));
			}
		});
		if (!keys.keySet().equals(values.keySet())) {
			throw invalid("A tag must have a key and a value.");
		}
		Map<String, String> tags = new HashMap<>();
		keys.forEach((number, key) -> tags.put(key, String.valueOf(values.get(number))));
		return tags;
	}

	private String required(String name, int least, int most, Pattern pattern) {
		String value = optional(name, least, most, pattern);
		if (value == null) {
			throw constraint("null", name, "Member must not be null");
		}
		return value;
	}

	private @Nullable String optional(String name, int least, int most, @Nullable Pattern pattern) {
		String value = this.parameters.get(name);
		if (value == null) {
			return null;
		}
		if (value.length() < least) {
			throw constraint("'" + value + "'", name,
					"Member must have length greater than or equal to %d".formatted(least));
		}
		if (value.length() > most) {
			throw constraint("'" + value + "'", name, "Member must have length less than or equal to %d".formatted(most));
		}
		if (pattern != null && !pattern.matcher(value).matches()) {
			throw constraint("'" + value + "'", name,
					"Member must satisfy regular expression pattern: " + pattern.pattern());
		}
		return value;
	}

	private int seconds() {
		String value = this.parameters.getOrDefault("DurationSeconds", String.valueOf(DEFAULT_SECONDS));
		if (!value.matches("\\d{1,9}")) {
			throw new ApiException(400, "MalformedInput", "DurationSeconds is no number.");
		}
		int seconds = Integer.parseInt(value);
		if (seconds < 900 || seconds > 43_200) {
			throw constraint("'" + value + "'", "DurationSeconds", "Member must have value between 900 and 43200");
		}
		return seconds;
	}

	// AWS does not tell a role that is not there from one that keeps the caller out.
	private void checkTrust(Identity caller, String roleArn, @Nullable String externalId) {
		Role role = this.sts.role(roleArn).orElse(null);
		boolean trusted = role != null && caller.session() == null
				&& (role.externalId() == null || role.externalId().equals(externalId));
		if (!trusted) {
			throw new ApiException(403, "AccessDenied",
					"User: %s is not authorized to perform: sts:AssumeRole on resource: %s".formatted(caller.arn(),
							roleArn));
		}
	}

	private static void checkDuration(Identity caller, int seconds) {
		if (seconds > Role.MOST_SECONDS) {
			throw invalid((caller.session() == null)
					? "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
					: "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
		}
	}

	private static ApiException constraint(String value, String name, String constraint) {
		return invalid("1 validation error detected: Value %s at '%s' failed to satisfy constraint: %s".formatted(value,
				Character.toLowerCase(name.charAt(0)) + name.substring(1), constraint));
	}

	private static ApiException invalid(String message) {
		return new ApiException(400, "ValidationError", message);
	}

}
