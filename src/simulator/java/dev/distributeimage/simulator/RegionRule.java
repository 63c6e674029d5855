package dev.distributeimage.simulator;

import tools.jackson.databind.JsonNode;

/**
 * Requires every Image Builder ARN among the parameters to belong to the called Region
 * and its partition.
 */
final class RegionRule {

	private RegionRule() {
	}

	static void check(Call call) {
		call.parameters().properties().forEach((entry) -> check(call, entry.getKey(), entry.getValue()));
	}

	private static void check(Call call, String parameter, JsonNode value) {
		if (!parameter.endsWith("Arn") && !parameter.endsWith("Image")) {
			return;
		}
		Arn.find(value.asString("")).ifPresent((arn) -> {
			if (!arn.region().equals(call.region()) || !arn.partition().equals(Arn.partitionOf(call.region()))) {
				throw ApiException.invalidParameterValue(parameter,
						"The ARN '%s' does not belong to Region %s.".formatted(arn, call.region()));
			}
		});
	}

}
