package dev.distributeimage.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Mutates request bodies. */
final class Mutations {

	private static final String PLACE = "@raw@";

	/** JSON values of every kind, as text. */
	private static final List<String> VALUES = List.of("null", "true", "false", "0", "-0", "-1", "1", "1.0", "1e2",
			"1E400", "-1e-400", "2147483648", "9223372036854775808", "9".repeat(500), "0.1", "\"\"", "\"1\"", "{}",
			"[]", "[[]]", "[null]", "[{}]", "{\"\":null}", "{\"region\":\"eu-west-1\"}",
			"[".repeat(40) + "]".repeat(40), "[".repeat(60) + "]".repeat(60),
			"{\"a\":".repeat(45) + "1" + "}".repeat(45), "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"",
			"\"a\\u0000b\"", "\"" + "x".repeat(2000) + "\"", "\"\\ufffe\"", "[" + "1,".repeat(3000) + "1]");

	private static final List<String> NAMES = List.of("", " ", "__proto__", "constructor", "$ref", "$schema", "@type",
			"a/b~c", "~0", "Region", "REGION", "clientToken ", "é", "🚀", "'; drop table run; --", "x".repeat(3000),
			"0", "class", "null", "a\r\nb");

	private static final List<String> TEXTS = List.of("", " ", "\n\n", "null", "true", "1", "\"x\"", "[]", "{}", "{",
			"}", "[", "{}{}", "{} x", "NaN", "{'a':1}", "{a:1}", "{\"a\":1,}", "/**/{}", "{\"a\":.5}", "{\"a\":01}",
			"{\"a\":\"\t\"}", "{\"a\":\"\\x\"}", "\ufeff{}", "<a/>", "a=b", "--x\r\n\r\n", "[".repeat(100_000),
			"{\"a\":".repeat(50_000), "[" + "{},".repeat(100_000) + "{}]", "\0");

	private final Random random;

	Mutations(Random random) {
		this.random = random;
	}

	/** Returns a body with a changed JSON tree. */
	byte[] ofTree(ObjectNode root) {
		String raw = any(VALUES);
		for (int i = this.random.nextInt(3); i >= 0; i--) {
			mutate(any(containers(root)));
		}
		return root.toString().replace('"' + PLACE + '"', raw).getBytes(StandardCharsets.UTF_8);
	}

	private static List<JsonNode> containers(JsonNode root) {
		List<JsonNode> containers = new ArrayList<>(List.of(root));
		for (int i = 0; i < containers.size(); i++) {
			containers.get(i).valueStream().filter(JsonNode::isContainer).forEach(containers::add);
		}
		return containers;
	}

	private void mutate(JsonNode container) {
		if (container instanceof ObjectNode object) {
			mutate(object);
		}
		else {
			mutate((ArrayNode) container);
		}
	}

	private void mutate(ObjectNode object) {
		List<String> names = List.copyOf(object.propertyNames());
		if (names.isEmpty() || this.random.nextInt(5) == 0) {
			object.put(any(NAMES), PLACE);
			return;
		}
		String name = any(names);
		switch (this.random.nextInt(5)) {
			case 0 -> object.remove(name);
			case 1 -> object.set(name + " ", object.remove(name));
			default -> object.set(name, other(object.path(name)));
		}
	}

	private void mutate(ArrayNode array) {
		if (array.isEmpty() || this.random.nextInt(4) == 0) {
			array.add(PLACE);
			return;
		}
		int index = this.random.nextInt(array.size());
		switch (this.random.nextInt(4)) {
			case 0 -> array.remove(index);
			case 1 -> array.add(array.path(index));
			default -> array.set(index, other(array.path(index)));
		}
	}

	private JsonNode other(JsonNode value) {
		JsonNodeFactory nodes = JsonNodeFactory.instance;
		return switch (this.random.nextInt(5)) {
			case 0 -> nodes.stringNode(any(SchemaInstances.NASTY));
			case 1 -> nodes.arrayNode().add(value);
			case 2 ->
				value.isString() ? nodes.stringNode(value.asString() + any(SchemaInstances.NASTY)) : nodes.nullNode();
			default -> nodes.stringNode(PLACE);
		};
	}

	/** Returns a body with changed text, which may not be JSON. */
	byte[] ofText(String json) {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		return switch (this.random.nextInt(9)) {
			case 0 -> Arrays.copyOf(bytes, this.random.nextInt(bytes.length));
			case 1 -> spoiled(bytes);
			case 2 -> json.getBytes(StandardCharsets.UTF_16);
			case 3 -> ("\ufeff" + json).getBytes(StandardCharsets.UTF_8);
			case 4 -> twice(json).getBytes(StandardCharsets.UTF_8);
			case 5 -> json.replace(':', ';').getBytes(StandardCharsets.UTF_8);
			case 6 -> (json + any(TEXTS)).getBytes(StandardCharsets.UTF_8);
			case 7 -> huge(json).getBytes(StandardCharsets.UTF_8);
			default -> any(TEXTS).getBytes(StandardCharsets.UTF_8);
		};
	}

	private byte[] spoiled(byte[] bytes) {
		byte[] spoiled = bytes.clone();
		for (int i = 1 + this.random.nextInt(3); i > 0; i--) {
			spoiled[this.random.nextInt(spoiled.length)] = (byte) this.random.nextInt(256);
		}
		return spoiled;
	}

	// Duplicates a member, at the top or deep inside.
	private String twice(String json) {
		return this.random.nextBoolean() ? json.replace("\"region\":", "\"region\":\"us-east-1\",\"region\":")
				: json.replaceFirst("\\{", "{\"distributionName\":\"abc\",");
	}

	// Bodies over the limit are rare, because they take time.
	private String huge(String json) {
		if (this.random.nextInt(12) > 0) {
			return json.replaceFirst("\"region\":\"", "$0" + "x".repeat(100_000));
		}
		int size = (this.random.nextInt(4) == 0) ? 3 * 1024 * 1024 : 1024 * 1024 + this.random.nextInt(900_000);
		return json + " ".repeat(size);
	}

	private <T> T any(List<T> list) {
		return list.get(this.random.nextInt(list.size()));
	}

}
