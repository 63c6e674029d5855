package dev.distributeimage.simulator.shape;

import java.util.List;

import tools.jackson.databind.JsonNode;

/** A 32-bit integer. */
record IntegerShape(Bounds bounds) implements Shape {

	@Override
	public void check(String path, JsonNode value, List<Violation> found) {
		if (!value.isIntegralNumber() || !value.canConvertToInt()) {
			found.add(new Violation(path, "It must be an integer."));
			return;
		}
		this.bounds.check(path, value.intValue(), "It", found);
	}

}
