package dev.distributeimage.run;

import java.util.Arrays;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a retried run asks about its image before it polls again. */
public enum ImageRequest {

	/**
	 * Whether the build was completed, so that the rest can be tried again without it.
	 */
	LIST_WORKFLOW_EXECUTIONS("listWorkflowExecutions", "ListWorkflowExecutions"),

	/** To try again what comes after the build. */
	RETRY_IMAGE("retryImage", "RetryImage");

	private final String id;

	private final String operation;

	ImageRequest(String id, String operation) {
		this.id = id;
		this.operation = operation;
	}

	/**
	 * The request of that id.
	 * @throws IllegalArgumentException if there is none
	 */
	public static ImageRequest of(String id) {
		return Arrays.stream(values())
			.filter((request) -> request.id.equals(id))
			.findAny()
			.orElseThrow(() -> new IllegalArgumentException("There is no image request " + id));
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
