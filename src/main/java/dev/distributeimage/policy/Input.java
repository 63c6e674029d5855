package dev.distributeimage.policy;

import dev.distributeimage.api.problem.Violation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * One of the inputs of a run, with its place among them.
 *
 * @param parent what it is in, or null for all inputs together
 * @param token its name or index there
 * @param value its value; missing, if a path leads to an input that was not given
 */
record Input(@Nullable Input parent, String token, JsonNode value) {

	/** All inputs of a run. */
	static Input root(JsonNode inputs) {
		return new Input(null, "", inputs);
	}

	Input child(String name, JsonNode child) {
		return new Input(this, name, child);
	}

	/** The JSON Pointer into the request. */
	String pointer() {
		return (this.parent != null) ? Violation.pointer(this.parent.pointer(), this.token) : "";
	}

	boolean isAbsent() {
		return this.value.isMissingNode();
	}

	String text() {
		return this.value.asString();
	}

	/** A member of the nearest object around this input that has it. */
	JsonNode neighbour(String member) {
		for (Input around = this.parent; around != null; around = around.parent) {
			if (around.value.has(member)) {
				return around.value.path(member);
			}
		}
		return MissingNode.getInstance();
	}

}
