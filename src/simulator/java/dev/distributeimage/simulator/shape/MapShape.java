package dev.distributeimage.simulator.shape;

import java.util.List;
import java.util.function.Supplier;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** A map whose keys have one shape and whose values have another. */
record MapShape(Supplier<Shape> key, Supplier<Shape> value, Bounds size) implements Shape {

	@Override
	public void check(String path, JsonNode node, List<Violation> found) {
		if (!node.isObject()) {
			found.add(new Violation(path, "It must be a map."));
			return;
		}
		this.size.check(path, node.size(), "The number of entries", found);
		node.properties().forEach((entry) -> {
			this.key.get().check(path + ".key", StringNode.valueOf(entry.getKey()), found);
			this.value.get().check(path + "." + entry.getKey(), entry.getValue(), found);
		});
	}

}
