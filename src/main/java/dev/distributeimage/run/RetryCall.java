package dev.distributeimage.run;

import java.util.Arrays;

import com.fasterxml.jackson.annotation.JsonValue;

/** A call that a retried run makes about its image before it polls again. */
public enum RetryCall {

	/**
	 * Shows whether the build was completed, so that only the later phases are retried.
	 */
	LIST_WORKFLOW_EXECUTIONS("listWorkflowExecutions"),

	/** Retries the phases after the build. */
	RETRY_IMAGE("retryImage");

	private final String id;

	RetryCall(String id) {
		this.id = id;
	}

	/**
	 * Returns the call with the given id.
	 * @throws IllegalArgumentException if there is none
	 */
	public static RetryCall of(String id) {
		return Arrays.stream(values())
			.filter((call) -> call.id.equals(id))
			.findAny()
			.orElseThrow(() -> new IllegalArgumentException("Unknown retry call: " + id));
	}

	@JsonValue
	@Override
	public String toString() {
		return this.id;
	}

}
