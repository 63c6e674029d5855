package dev.distributeimage.simulator.shape;

import java.util.List;

import tools.jackson.databind.JsonNode;

/** A boolean. */
record BooleanShape() implements Shape {

	@Override
	public void check(String path, JsonNode value, List<Violation> found) {
		if (!value.isBoolean()) {
			found.add(new Violation(path, "It must be true or false."));
		}
	}

}
