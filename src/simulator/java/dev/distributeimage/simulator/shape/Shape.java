package dev.distributeimage.simulator.shape;

import java.util.List;

import tools.jackson.databind.JsonNode;

/** What the model says about one kind of value. */
interface Shape {

	/** Adds to {@code found} whatever is wrong with the value at {@code path}. */
	void check(String path, JsonNode value, List<Violation> found);

}
