package dev.distributeimage.simulator.shape;

import java.util.List;
import java.util.function.Supplier;

import tools.jackson.databind.JsonNode;

/** A list whose entries all have one shape. */
record ListShape(Supplier<Shape> member, Bounds size) implements Shape {

	@Override
	public void check(String path, JsonNode value, List<Violation> found) {
		if (!value.isArray()) {
			found.add(new Violation(path, "It must be a list."));
			return;
		}
		this.size.check(path, value.size(), "The number of entries", found);
		for (int index = 0; index < value.size(); index++) {
			this.member.get().check(path + "[" + index + "]", value.get(index), found);
		}
	}

}
