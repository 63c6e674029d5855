package dev.distributeimage.api;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Generates random instances of the contract's schemas. */
final class SchemaInstances {

	/** Valid texts that software often mishandles. */
	static final List<String> NASTY = List.of(" ", "'; drop table run; --", "\" or 1=1 --", "../../../etc/passwd",
			"..\\..\\boot.ini", "a\r\nSet-Cookie: b=c\r\n\r\n", "<script>alert(1)</script>", "${jndi:ldap://a/b}",
			"#{7*7}{{7*7}}%{7*7}", "%s%n%x", "%00%0d%0a%c0%af", "null", "true", "NaN", "-1", "{}", "[]", "\\", "\"",
			"\t\n\u000b\u0001\u001f\u007f", "é\u0301ﬀŐ", "١٢٣", "\u202egnp.exe", "\ufeffbom", "\ufffe\uffff",
			"🚀👩‍👩‍👧‍👦", "\ud83d\ude80".repeat(40), "ẞİı", "\u2028\u2029\u0085\u00a0", "a".repeat(1000), "ⅷ㍿﷽");

	private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

	private final Random random;

	SchemaInstances(Random random) {
		this.random = random;
	}

	JsonNode of(JsonNode reference) {
		JsonNode schema = Contract.resolved(reference);
		if (schema.has("const")) {
			return schema.path("const");
		}
		if (schema.has("enum")) {
			return any(schema.path("enum"));
		}
		if (schema.has("allOf")) {
			return NODES.stringNode(fittingAll(schema.path("allOf")));
		}
		return switch (schema.path("type").asString()) {
			case "object" -> object(schema);
			case "array" -> array(schema);
			case "integer" -> NODES.numberNode(integer(schema));
			case "boolean" -> NODES.booleanNode(this.random.nextBoolean());
			default -> NODES.stringNode(text(schema));
		};
	}

	private ObjectNode object(JsonNode schema) {
		ObjectNode object = NODES.objectNode();
		List<String> required = schema.path("required").valueStream().map(JsonNode::asString).toList();
		schema.path("properties").properties().forEach((member) -> {
			if (required.contains(member.getKey()) || this.random.nextInt(3) == 0) {
				object.set(member.getKey(), of(member.getValue()));
			}
		});
		if (schema.path("additionalProperties").isObject()) {
			int size = size(schema.path("minProperties").asInt(0), schema.path("maxProperties").asInt());
			while (object.size() < size) {
				object.set(of(schema.path("propertyNames")).asString(), of(schema.path("additionalProperties")));
			}
		}
		return object;
	}

	private ArrayNode array(JsonNode schema) {
		ArrayNode array = NODES.arrayNode();
		int size = size(schema.path("minItems").asInt(0), schema.path("maxItems").asInt(6));
		while (array.size() < size) {
			array.add(of(schema.path("items")));
		}
		return array;
	}

	private int integer(JsonNode schema) {
		int least = schema.path("minimum").asInt(0);
		int most = schema.path("maximum").asInt(Integer.MAX_VALUE);
		return switch (this.random.nextInt(4)) {
			case 0 -> least;
			case 1 -> most;
			default -> least + this.random.nextInt(most - least);
		};
	}

	private String text(JsonNode schema) {
		if (schema.path("format").asString("").equals("uuid")) {
			return new UUID(this.random.nextLong(), this.random.nextLong()).toString();
		}
		if (schema.path("format").asString("").equals("date-time")) {
			return Instant.ofEpochSecond(this.random.nextInt()).toString();
		}
		return schema.has("pattern") ? fitting(schema)
				: anything(schema.path("minLength").asInt(0), schema.path("maxLength").asInt(64));
	}

	private String fitting(JsonNode schema) {
		while (true) {
			String text = PatternText.of(schema.path("pattern").asString(), this.random);
			if (text.length() >= schema.path("minLength").asInt(0)
					&& text.length() <= schema.path("maxLength").asInt(Integer.MAX_VALUE)) {
				return text;
			}
		}
	}

	// The first pattern's text gets the texts of the others in its middle.
	private String fittingAll(JsonNode schemas) {
		String text = text(Contract.resolved(schemas.path(0)));
		for (int i = 1; i < schemas.size(); i++) {
			int middle = text.length() / 2;
			text = text.substring(0, middle) + text(schemas.path(i)) + text.substring(middle);
		}
		return text;
	}

	// The contract counts code points.
	private String anything(int least, int most) {
		StringBuilder text = new StringBuilder();
		int length = size(least, most);
		while (text.codePointCount(0, text.length()) < length) {
			text.append((this.random.nextInt(4) == 0) ? NASTY.get(this.random.nextInt(NASTY.size()))
					: Character.toString('a' + this.random.nextInt(26)));
		}
		return text.substring(0, text.offsetByCodePoints(0, length));
	}

	private int size(int least, int most) {
		return (this.random.nextInt(40) == 0) ? Math.min(most, 1024)
				: least + this.random.nextInt(Math.min(most - least, 4) + 1);
	}

	private JsonNode any(JsonNode array) {
		return array.path(this.random.nextInt(array.size()));
	}

}
