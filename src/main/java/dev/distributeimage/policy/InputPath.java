package dev.distributeimage.policy;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;

/**
 * A path to inputs: a JSON Pointer in which {@code *} stands for each entry of a list and
 * each member of an object.
 */
record InputPath(List<String> tokens) {

	static InputPath of(String text) {
		return new InputPath(List.of(text.substring(1).split("/")));
	}

	/** The inputs that the path leads to. The last may be absent, after a name. */
	Stream<Input> in(Input root) {
		Stream<Input> found = Stream.of(root);
		for (String token : this.tokens) {
			found = token.equals("*") ? found.flatMap(InputPath::children)
					: found.map((input) -> input.child(token, input.value().path(token)));
		}
		return found;
	}

	private static Stream<Input> children(Input input) {
		JsonNode value = input.value();
		return value.isArray()
				? IntStream.range(0, value.size()).mapToObj((i) -> input.child(Integer.toString(i), value.path(i)))
				: value.properties().stream().map((member) -> input.child(member.getKey(), member.getValue()));
	}

	@Override
	public String toString() {
		return "/" + String.join("/", this.tokens);
	}

}
