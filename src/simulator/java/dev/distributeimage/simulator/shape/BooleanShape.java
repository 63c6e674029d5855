package dev.distributeimage.simulator.shape;

import java.util.List;

import tools.jackson.databind.JsonNode;

/** True or false. */
record BooleanShape() implements Shape {

	@Override
	public void check(String path, JsonNode value, List<Violation> found) {
		if (!value.isBoolean()) {
			found.add(new Violation(path, "It must be true or false."));
		}
	}

}
