package dev.distributeimage.run;

import com.fasterxml.jackson.annotation.JsonValue;

/** Where a retry takes a run up again. */
public enum RetryAction {

	/** At its first step. */
	CREATE_DISTRIBUTION_CONFIGURATION("createDistributionConfiguration"),

	/** With the build of an image. */
	CREATE_IMAGE("createImage"),

	/** With polling. */
	GET_IMAGE("getImage"),

	/** With what comes after the build of the image that is there. */
	RETRY_IMAGE("retryImage");

	private final String id;

	RetryAction(String id) {
		this.id = id;
	}

	/** The step that the run goes on with. */
	public StepId step() {
		return switch (this) {
			case CREATE_DISTRIBUTION_CONFIGURATION -> StepId.CREATE_DISTRIBUTION_CONFIGURATION;
			case CREATE_IMAGE -> StepId.CREATE_IMAGE;
			case GET_IMAGE, RETRY_IMAGE -> StepId.GET_IMAGE;
		};
	}

	/** Whether it makes something new, and leaves the image that is there. */
	boolean creates() {
		return step() != StepId.GET_IMAGE;
	}

	@JsonValue
	@Override
	public String toString() {
		return this.id;
	}

}
