package dev.distributeimage.simulator.shape;

import java.util.List;

import tools.jackson.databind.JsonNode;

/** The model's definition of one kind of value. */
interface Shape {

	/** Adds every violation of the value at {@code path} to {@code found}. */
	void check(String path, JsonNode value, List<Violation> found);

}
