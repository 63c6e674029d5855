package dev.distributeimage.run;

import com.fasterxml.jackson.annotation.JsonValue;
import jakarta.persistence.EnumeratedValue;

/** The workflow's steps, named by their ids in the Arazzo document. */
public enum StepId {

	/** Creates the distribution configuration. */
	CREATE_DISTRIBUTION_CONFIGURATION("createDistributionConfiguration"),

	/** Starts the build of an image that uses it. */
	CREATE_IMAGE("createImage"),

	/** Polls the image until it has ended. */
	GET_IMAGE("getImage");

	@EnumeratedValue
	private final String id;

	StepId(String id) {
		this.id = id;
	}

	@JsonValue
	@Override
	public String toString() {
		return this.id;
	}

}
