package dev.distributeimage.simulator.shape;

import java.util.List;

import tools.jackson.databind.JsonNode;

/** A moment in seconds since 1970, as a number. */
record TimestampShape() implements Shape {

	@Override
	public void check(String path, JsonNode value, List<Violation> found) {
		if (!value.isNumber()) {
			found.add(new Violation(path, "It must be a number of seconds."));
		}
	}

}
