package dev.distributeimage.run;

import com.fasterxml.jackson.annotation.JsonValue;

/** The point at which a retry resumes a run. */
public enum RetryAction {

	/** At the first step. */
	CREATE_DISTRIBUTION_CONFIGURATION("createDistributionConfiguration"),

	/** With the build of a new image. */
	CREATE_IMAGE("createImage"),

	/** With a new distribution of the source image. */
	DISTRIBUTE_IMAGE("distributeImage"),

	/** With polling. */
	GET_IMAGE("getImage"),

	/** With the phases after the build of the existing image. */
	RETRY_IMAGE("retryImage");

	private final String id;

	RetryAction(String id) {
		this.id = id;
	}

	/** The step at which the run resumes. */
	public StepId step() {
		return switch (this) {
			case CREATE_DISTRIBUTION_CONFIGURATION -> StepId.CREATE_DISTRIBUTION_CONFIGURATION;
			case CREATE_IMAGE -> StepId.CREATE_IMAGE;
			case DISTRIBUTE_IMAGE -> StepId.DISTRIBUTE_IMAGE;
			case GET_IMAGE, RETRY_IMAGE -> StepId.GET_IMAGE;
		};
	}

	/** Whether the retry creates something new and abandons the existing image. */
	boolean creates() {
		return step() != StepId.GET_IMAGE;
	}

	@JsonValue
	@Override
	public String toString() {
		return this.id;
	}

}
