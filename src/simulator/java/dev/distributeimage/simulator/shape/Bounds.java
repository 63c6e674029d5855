package dev.distributeimage.simulator.shape;

import java.util.List;

import tools.jackson.databind.JsonNode;

/** The minimum and maximum of a length, a number of entries or a number. */
record Bounds(long min, long max) {

	static Bounds of(JsonNode definition) {
		return new Bounds(definition.path("min").asLong(Long.MIN_VALUE), definition.path("max").asLong(Long.MAX_VALUE));
	}

	void check(String path, long size, String what, List<Violation> found) {
		if (size < this.min) {
			found.add(new Violation(path, "%s must be at least %d.".formatted(what, this.min)));
		}
		if (size > this.max) {
			found.add(new Violation(path, "%s must be at most %d.".formatted(what, this.max)));
		}
	}

}
