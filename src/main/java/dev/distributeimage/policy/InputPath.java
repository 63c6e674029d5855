package dev.distributeimage.policy;

import java.util.List;
import java.util.function.Consumer;

import tools.jackson.databind.JsonNode;

/**
 * A path to inputs: a JSON Pointer in which {@code *} stands for each entry of a list and
 * each member of an object.
 */
record InputPath(List<String> tokens) {

	static InputPath of(String text) {
		return new InputPath(List.of(text.substring(1).split("/")));
	}

	/**
	 * Visits the inputs that the path leads to. The last may be absent, after a name.
	 * Most paths lead to nothing, and every start follows all of them.
	 */
	void visit(Input root, Consumer<Input> visitor) {
		visit(root, 0, visitor);
	}

	private void visit(Input input, int depth, Consumer<Input> visitor) {
		if (depth == this.tokens.size()) {
			visitor.accept(input);
			return;
		}
		String token = this.tokens.get(depth);
		JsonNode value = input.value();
		if (!token.equals("*")) {
			visit(input.child(token, value.path(token)), depth + 1, visitor);
		}
		else if (value.isArray()) {
			for (int i = 0; i < value.size(); i++) {
				visit(input.child(Integer.toString(i), value.path(i)), depth + 1, visitor);
			}
		}
		else if (value.isObject()) {
			value.properties()
				.forEach((member) -> visit(input.child(member.getKey(), member.getValue()), depth + 1, visitor));
		}
	}

	@Override
	public String toString() {
		return "/" + String.join("/", this.tokens);
	}

}
