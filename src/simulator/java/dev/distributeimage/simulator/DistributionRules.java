package dev.distributeimage.simulator;

import java.util.HashSet;
import java.util.Set;

import tools.jackson.databind.JsonNode;

/**
 * Rules for one entry of a list of distributions that are not in the model.
 *
 * @param parameter the entry's path, such as {@code distributions[0]}
 * @param entry the entry
 * @param account the configuration's account
 */
record DistributionRules(String parameter, JsonNode entry, String account) {

	static void check(JsonNode distributions, String account) {
		if (distributions.isEmpty()) {
			throw ApiException.invalidParameterValue("distributions", "It must not be empty.");
		}
		Set<String> regions = new HashSet<>();
		for (int index = 0; index < distributions.size(); index++) {
			DistributionRules rules = new DistributionRules("distributions[" + index + "]", distributions.get(index),
					account);
			rules.checkOutputs();
			if (!regions.add(rules.region())) {
				throw ApiException.invalidParameterValue(rules.parameter + ".region", "A Region may appear only once.");
			}
			rules.checkAmi();
			rules.checkSsmParameters();
			rules.checkFastLaunch();
		}
	}

	/** Refuses a configuration with an entry that makes no AMI, only a container. */
	static void checkMakesAmis(JsonNode configuration) {
		for (JsonNode entry : configuration.path("distributions")) {
			if (isContainerOnly(entry)) {
				throw ApiException.invalidParameterValue("distributionConfigurationArn",
						"Its entry for %s has no output for an AMI.".formatted(entry.required("region").stringValue()));
			}
		}
	}

	static boolean isContainerOnly(JsonNode entry) {
		return entry.hasNonNull("containerDistributionConfiguration") && outputs(entry) == 1;
	}

	private static long outputs(JsonNode entry) {
		return entry.valueStream().filter((member) -> !member.isNull()).count() - 1;
	}

	private String region() {
		return this.entry.required("region").stringValue();
	}

	private void checkOutputs() {
		if (outputs(this.entry) < 1) {
			throw ApiException.invalidParameterValue(this.parameter,
					"One or more outputs should be provided for each region in a distribution configuration.");
		}
	}

	private void checkAmi() {
		JsonNode ami = this.entry.path("amiDistributionConfiguration");
		String path = this.parameter + ".amiDistributionConfiguration";
		if (ami.path("name").isString()) {
			AmiNames.check(path + ".name", ami.path("name").stringValue());
		}
		String[] key = ami.path("kmsKeyId").asString("").split(":", 6);
		if (key.length == 6 && key[2].equals("kms") && !key[3].equals(region())) {
			throw ApiException.invalidParameterValue(path + ".kmsKeyId",
					"The key must be in the Region %s.".formatted(region()));
		}
	}

	private void checkSsmParameters() {
		Set<String> accounts = new HashSet<>(Set.of(this.account));
		this.entry.path("amiDistributionConfiguration")
			.path("targetAccountIds")
			.forEach((target) -> accounts.add(target.stringValue()));
		JsonNode parameters = this.entry.path("ssmParameterConfigurations");
		for (int index = 0; index < parameters.size(); index++) {
			JsonNode owner = parameters.get(index).path("amiAccountId");
			if (owner.isString() && !accounts.contains(owner.stringValue())) {
				throw ApiException.invalidParameterValue(
						"%s.ssmParameterConfigurations[%d].amiAccountId".formatted(this.parameter, index),
						"It must be a target account of this Region.");
			}
		}
	}

	private void checkFastLaunch() {
		JsonNode configurations = this.entry.path("fastLaunchConfigurations");
		for (int index = 0; index < configurations.size(); index++) {
			JsonNode template = configurations.get(index).path("launchTemplate");
			if (template.path("launchTemplateId").isString() && template.path("launchTemplateName").isString()) {
				throw ApiException.invalidParameterValue(
						"%s.fastLaunchConfigurations[%d].launchTemplate".formatted(this.parameter, index),
						"Either its id or its name may be given.");
			}
		}
	}

}
