package dev.distributeimage.arazzo;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The values that runtime expressions can refer to.
 *
 * @param steps the outputs of the steps so far, by step
 * @param response the answer being evaluated
 */
record Context(JsonNode inputs, Map<String, JsonNode> steps, Response response) {

	private static final Pattern STEP_OUTPUT = Pattern.compile("\\$steps\\.([^.]+)\\.outputs\\.([^.#]+)");

	/** Returns the value with its type; missing if there is none. */
	JsonNode value(String expression) {
		Matcher output = STEP_OUTPUT.matcher(expression);
		if (output.matches()) {
			return this.steps.getOrDefault(output.group(1), MissingNode.getInstance()).path(output.group(2));
		}
		if (expression.startsWith("$inputs.")) {
			return this.inputs.path(expression.substring("$inputs.".length()));
		}
		return ofResponse(expression);
	}

	private JsonNode ofResponse(String expression) {
		if (expression.equals("$statusCode")) {
			return node(this.response.status());
		}
		if (expression.startsWith("$response.header.")) {
			String name = expression.substring("$response.header.".length()).toLowerCase(Locale.ROOT);
			return node(this.response.header(name).orElse(null));
		}
		if (expression.startsWith("$response.body#")) {
			return this.response.body().at(expression.substring("$response.body#".length()));
		}
		throw new IllegalArgumentException("Not understood: " + expression);
	}

	/** Returns a value of the document with all expressions replaced by their values. */
	JsonNode resolved(JsonNode value) {
		if (value.isString() && value.stringValue().startsWith("$")) {
			return value(value.stringValue());
		}
		if (!value.isObject()) {
			return value;
		}
		ObjectNode resolved = JsonMapper.shared().createObjectNode();
		value.properties().forEach((member) -> resolved.set(member.getKey(), resolved(member.getValue())));
		return resolved;
	}

	private static JsonNode node(@Nullable Object value) {
		return (value != null) ? JsonMapper.shared().valueToTree(value) : MissingNode.getInstance();
	}

}
