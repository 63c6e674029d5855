package dev.distributeimage.simulator;

import java.time.Instant;

import tools.jackson.databind.JsonNode;

/** One call of an operation: authenticated and, before it is carried out, validated. */
record Call(Operation operation, String region, Identity caller, JsonNode parameters, String requestId,
		Instant at) {

	/** The caller's account, to which everything created belongs. */
	String account() {
		return this.caller.account();
	}


	/** The value of a string parameter; empty if it was not given. */
	String parameter(String name) {
		return this.parameters.path(name).asString("");
	}

	/** Ends a call that only asks whether it would succeed. */
	void endDryRun() {
		if (this.parameters.path("dryRun").asBoolean(false)) {
			throw new ApiException(412, "DryRunOperationException",
					"Request would have succeeded, but dryRun flag is set.");
		}
	}

}
