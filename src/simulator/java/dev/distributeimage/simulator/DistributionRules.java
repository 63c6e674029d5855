package dev.distributeimage.simulator;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;

/** Rules for lists of distributions that are not in the model. */
final class DistributionRules {

	private static final Pattern BUILD_DATE = Pattern.compile("\\{\\{\\s*imagebuilder:buildDate\\s*}}");

	private DistributionRules() {
	}

	static void check(JsonNode distributions) {
		Set<String> regions = new HashSet<>();
		for (int index = 0; index < distributions.size(); index++) {
			String parameter = "distributions[" + index + "]";
			JsonNode distribution = distributions.get(index);
			if (distribution.valueStream().filter((member) -> !member.isNull()).count() < 2) {
				throw ApiException.invalidParameterValue(parameter,
						"One or more outputs should be provided for each region in a distribution configuration.");
			}
			if (!regions.add(distribution.required("region").stringValue())) {
				throw ApiException.invalidParameterValue(parameter + ".region", "A Region may appear only once.");
			}
			checkAmiName(parameter, distribution.path("amiDistributionConfiguration").path("name"));
		}
	}

	private static void checkAmiName(String parameter, JsonNode name) {
		if (name.isString() && !BUILD_DATE.matcher(name.stringValue()).find()) {
			throw ApiException.invalidParameterValue(parameter + ".amiDistributionConfiguration.name",
					"It must contain '{{ imagebuilder:buildDate }}'.");
		}
	}

}
