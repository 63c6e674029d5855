package dev.distributeimage.simulator.shape;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** An object with named members; a null member counts as absent. */
record StructureShape(Map<String, Supplier<Shape>> members, Set<String> required) implements Shape {

	/** The member's shape; null for a member that the model does not know. */
	@Nullable Shape member(String name) {
		@Nullable Supplier<Shape> shape = this.members.get(name);
		return (shape != null) ? shape.get() : null;
	}

	/** A document with only the members that the model knows. */
	ObjectNode shown(ObjectNode document) {
		ObjectNode known = JsonNodeFactory.instance.objectNode();
		document.properties()
			.stream()
			.filter((entry) -> this.members.containsKey(entry.getKey()))
			.forEach((entry) -> known.set(entry.getKey(), entry.getValue()));
		return known;
	}

	@Override
	public void check(String path, JsonNode value, List<Violation> found) {
		if (!value.isObject()) {
			found.add(new Violation(path, "It must be an object."));
			return;
		}
		String prefix = path.isEmpty() ? "" : path + ".";
		value.propertyNames()
			.stream()
			.filter((name) -> !this.members.containsKey(name))
			.forEach((name) -> found.add(new Violation(prefix + name, "The parameter does not exist.")));
		this.members.forEach((name, shape) -> {
			JsonNode member = value.path(name);
			if (!member.isMissingNode() && !member.isNull()) {
				shape.get().check(prefix + name, member, found);
			}
			else if (this.required.contains(name)) {
				found.add(new Violation(prefix + name, "It is required."));
			}
		});
	}

}
