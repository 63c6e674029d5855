package dev.distributeimage.arazzo;

import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;

/**
 * A Criterion Object of the types simple and regex. A regex never matches a missing
 * value.
 */
final class Criterion {

	private Criterion() {
	}

	/** Whether all criteria of a list hold; an empty or absent list holds. */
	static boolean allHold(JsonNode criteria, Context context) {
		return criteria.valueStream().allMatch((criterion) -> holds(criterion, context));
	}

	private static boolean holds(JsonNode criterion, Context context) {
		String condition = criterion.required("condition").stringValue();
		String type = criterion.path("type").asString("simple");
		return switch (type) {
			case "simple" -> Condition.holds(condition, context);
			case "regex" -> matches(condition, context.value(criterion.required("context").stringValue()));
			default -> throw new IllegalArgumentException("Not understood: a criterion of type " + type);
		};
	}

	private static boolean matches(String regex, JsonNode value) {
		return value.isValueNode() && !value.isNull() && Pattern.compile(regex).matcher(value.asString()).find();
	}

}
