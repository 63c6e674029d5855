package dev.distributeimage.run;

import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;

/**
 * Finds outputs that are accepted although they may fail after the build, or are rarely
 * meant.
 */
final class OutputWarnings {

	/** A run keeps its warnings, and a request may have thousands of parameters. */
	private static final int MOST = 100;

	/** Image Builder's own role may write parameters with this prefix. */
	private static final String OWN_PARAMETERS = "/imagebuilder/";

	/** EC2's least value, above that of Image Builder's model. */
	private static final int LEAST_PARALLEL_LAUNCHES = 6;

	private final boolean hasExecutionRole;

	private final List<Warning> warnings = new ArrayList<>();

	private OutputWarnings(boolean hasExecutionRole) {
		this.hasExecutionRole = hasExecutionRole;
	}

	/** The warnings about distributions that are valid, the first hundred at most. */
	static List<Warning> of(JsonNode distributions, boolean hasExecutionRole) {
		OutputWarnings found = new OutputWarnings(hasExecutionRole);
		for (int i = 0; i < distributions.size(); i++) {
			found.add(distributions.path(i), "/distributions/" + i);
		}
		return found.warnings.subList(0, Math.min(found.warnings.size(), MOST));
	}

	private void add(JsonNode distribution, String pointer) {
		String groups = "/amiDistributionConfiguration/launchPermission/userGroups";
		if (distribution.at(groups).valueStream().anyMatch((group) -> group.asString("").equals("all"))) {
			this.warnings
				.add(new Warning(pointer + groups, "The AMI will be public: every AWS account may launch it."));
		}
		addParallelLaunches(distribution.path("fastLaunchConfigurations"), pointer + "/fastLaunchConfigurations/");
		if (!this.hasExecutionRole) {
			addParameters(distribution.path("ssmParameterConfigurations"), pointer + "/ssmParameterConfigurations/");
		}
	}

	private void addParallelLaunches(JsonNode configurations, String pointer) {
		for (int i = 0; i < configurations.size(); i++) {
			JsonNode launches = configurations.path(i).path("maxParallelLaunches");
			if (launches.isNumber() && launches.asInt() < LEAST_PARALLEL_LAUNCHES) {
				this.warnings.add(new Warning(pointer + i + "/maxParallelLaunches",
						"EC2 asks for 6 parallel launches or more. Below that, fast launch may fail after the build."));
			}
		}
	}

	// Parameter Store takes a name with a slash in it only if it begins with one, so
	// imagebuilder/web is not among Image Builder's own.
	private void addParameters(JsonNode configurations, String pointer) {
		for (int i = 0; i < configurations.size(); i++) {
			if (!configurations.path(i).path("parameterName").asString("").startsWith(OWN_PARAMETERS)) {
				this.warnings.add(new Warning(pointer + i + "/parameterName",
						"Without an executionRole, Image Builder may write parameters below %s only. Elsewhere the run may fail after the build."
							.formatted(OWN_PARAMETERS)));
			}
		}
	}

}
