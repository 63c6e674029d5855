package dev.distributeimage.simulator.shape;

import java.util.List;

import tools.jackson.databind.JsonNode;

/** A timestamp: a number of seconds since 1970. */
record TimestampShape() implements Shape {

	@Override
	public void check(String path, JsonNode value, List<Violation> found) {
		if (!value.isNumber()) {
			found.add(new Violation(path, "It must be a number of seconds."));
		}
	}

}
