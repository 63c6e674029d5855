package dev.distributeimage.run;

import java.util.Arrays;

import com.fasterxml.jackson.annotation.JsonValue;

/** A call that a retried run makes about its image before it polls again. */
public enum ImageRequest {

	/**
	 * Shows whether the build was completed, so that only the later phases are retried.
	 */
	LIST_WORKFLOW_EXECUTIONS("listWorkflowExecutions", "ListWorkflowExecutions"),

	/** Retries the phases after the build. */
	RETRY_IMAGE("retryImage", "RetryImage");

	private final String id;

	private final String operation;

	ImageRequest(String id, String operation) {
		this.id = id;
		this.operation = operation;
	}

	/**
	 * Returns the request with the given id.
	 * @throws IllegalArgumentException if there is none
	 */
	public static ImageRequest of(String id) {
		return Arrays.stream(values())
			.filter((request) -> request.id.equals(id))
			.findAny()
			.orElseThrow(() -> new IllegalArgumentException("Unknown image request: " + id));
	}

	/** The AWS operation. */
	public String operation() {
		return this.operation;
	}

	@JsonValue
	@Override
	public String toString() {
		return this.id;
	}

}
