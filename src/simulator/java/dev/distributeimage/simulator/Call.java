package dev.distributeimage.simulator;

import java.time.Instant;

import tools.jackson.databind.JsonNode;

/** One call of an operation: authenticated and, by the time it is carried out, valid. */
record Call(Operation operation, String region, JsonNode parameters, String requestId, Instant at) {

	/** A string parameter, empty if it was not given. */
	String parameter(String name) {
		return this.parameters.path(name).asString("");
	}

}
