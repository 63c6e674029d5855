package dev.distributeimage.run;

import java.util.LinkedHashSet;
import java.util.Set;

import tools.jackson.databind.JsonNode;

/** The accounts that an entry of the distributions puts an AMI into. */
public final class TargetAccounts {

	private TargetAccounts() {
	}

	/**
	 * Returns the account of the run and the target accounts; none, if the Region
	 * receives only a container.
	 */
	public static Set<String> of(JsonNode distribution, String account) {
		if (isContainerOnly(distribution)) {
			return Set.of();
		}
		Set<String> accounts = new LinkedHashSet<>();
		accounts.add(account);
		distribution.path("amiDistributionConfiguration")
			.path("targetAccountIds")
			.forEach((accountId) -> accounts.add(accountId.asString("")));
		return accounts;
	}

	/** Returns the number of accounts that the entries of a list put an AMI into. */
	public static int count(JsonNode distributions, String account) {
		int count = 0;
		for (JsonNode distribution : distributions) {
			count += of(distribution, account).size();
		}
		return count;
	}

	private static boolean isContainerOnly(JsonNode distribution) {
		return distribution.has("containerDistributionConfiguration") && distribution.size() == 2;
	}

}
