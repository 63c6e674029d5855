package dev.distributeimage.run;

import java.util.Arrays;

import com.fasterxml.jackson.annotation.JsonValue;

/** The workflow's steps, named by their ids in the Arazzo document. */
public enum StepId {

	/** Creates the distribution configuration. */
	CREATE_DISTRIBUTION_CONFIGURATION("createDistributionConfiguration", "CreateDistributionConfiguration"),

	/** Starts the build of an image with this configuration. */
	CREATE_IMAGE("createImage", "CreateImage"),

	/** Polls the image until it ends. */
	GET_IMAGE("getImage", "GetImage");

	private final String id;

	private final String operation;

	StepId(String id, String operation) {
		this.id = id;
		this.operation = operation;
	}

	/**
	 * Returns the step with the given id.
	 * @throws IllegalArgumentException if there is none
	 */
	public static StepId of(String id) {
		return Arrays.stream(values())
			.filter((step) -> step.id.equals(id))
			.findAny()
			.orElseThrow(() -> new IllegalArgumentException("Unknown step: " + id));
	}

	/** The AWS operation that the step calls. */
	public String operation() {
		return this.operation;
	}

	@JsonValue
	@Override
	public String toString() {
		return this.id;
	}

}
