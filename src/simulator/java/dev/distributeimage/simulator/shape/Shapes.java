package dev.distributeimage.simulator.shape;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** All shapes of the model by name, built on first use. */
final class Shapes {

	private final JsonNode definitions;

	private final Map<String, Shape> built = new ConcurrentHashMap<>();

	Shapes(JsonNode definitions) {
		this.definitions = definitions;
	}

	Shape shape(String name) {
		@Nullable Shape known = this.built.get(name);
		if (known != null) {
			return known;
		}
		Shape shape = build(this.definitions.required(name));
		this.built.put(name, shape);
		return shape;
	}

	/** The structure of this name. */
	StructureShape structure(String name) {
		return (StructureShape) shape(name);
	}

	private Shape build(JsonNode definition) {
		String type = definition.required("type").stringValue();
		return switch (type) {
			case "structure" -> structure(definition);
			case "list" -> new ListShape(reference(definition.required("member")), Bounds.of(definition));
			case "map" -> new MapShape(reference(definition.required("key")), reference(definition.required("value")),
					Bounds.of(definition));
			case "string" -> string(definition);
			case "integer" -> new IntegerShape(Bounds.of(definition));
			case "boolean" -> new BooleanShape();
			case "timestamp" -> new TimestampShape();
			default -> throw new IllegalStateException("Unknown type in the model: " + type);
		};
	}

	private Shape structure(JsonNode definition) {
		Map<String, Supplier<Shape>> members = new LinkedHashMap<>();
		definition.path("members")
			.properties()
			.forEach((member) -> members.put(member.getKey(), reference(member.getValue())));
		Set<String> required = new HashSet<>();
		definition.path("required").forEach((name) -> required.add(name.stringValue()));
		return new StructureShape(members, required);
	}

	private Shape string(JsonNode definition) {
		JsonNode pattern = definition.path("pattern");
		return new StringShape(Bounds.of(definition),
				pattern.isMissingNode() ? null : ModelPattern.of(pattern.stringValue()),
				definition.path("enum").valueStream().map(JsonNode::stringValue).toList());
	}

	private Supplier<Shape> reference(JsonNode member) {
		String name = member.required("shape").stringValue();
		return () -> shape(name);
	}

}
