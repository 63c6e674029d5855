package dev.distributeimage.simulator;

import java.util.Set;

import tools.jackson.databind.JsonNode;

/**
 * Refuses empty lists, as Image Builder does even where the model sets no minimum size,
 * but for a few.
 */
final class EmptyListRule {

	/** The members that may be empty. */
	private static final Set<String> MAY_BE_EMPTY = Set.of("containerTags", "userGroups", "ssmParameterConfigurations");

	private EmptyListRule() {
	}

	static void check(JsonNode parameters) {
		check("", parameters);
	}

	private static void check(String path, JsonNode value) {
		if (value.isArray() && value.isEmpty()) {
			throw ApiException.invalidParameterValue(path, "It must not be empty.");
		}
		for (int index = 0; index < (value.isArray() ? value.size() : 0); index++) {
			check(path + "[" + index + "]", value.get(index));
		}
		String prefix = path.isEmpty() ? "" : path + ".";
		value.properties().forEach((member) -> {
			if (!member.getValue().isEmpty() || !MAY_BE_EMPTY.contains(member.getKey())) {
				check(prefix + member.getKey(), member.getValue());
			}
		});
	}

}
