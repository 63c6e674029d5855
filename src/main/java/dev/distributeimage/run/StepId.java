package dev.distributeimage.run;

import java.time.Instant;
import java.util.Arrays;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/** The steps of the workflows, named by their ids in the Arazzo document. */
public enum StepId {

	/** Creates the distribution configuration. */
	CREATE_DISTRIBUTION_CONFIGURATION("createDistributionConfiguration", "CreateDistributionConfiguration"),

	/** Starts the build of an image with this configuration. */
	CREATE_IMAGE("createImage", "CreateImage"),

	/** Starts the distribution of an existing image with this configuration. */
	DISTRIBUTE_IMAGE("distributeImage", "DistributeImage"),

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

	/** Whether the step requests the image. */
	public boolean requestsImage() {
		return this == CREATE_IMAGE || this == DISTRIBUTE_IMAGE;
	}

	/**
	 * Whether a run that is at this step may have an image.
	 * @param arn its ARN, if it is known
	 * @param lostSince since when AWS may have carried out calls that the database has
	 * lost
	 * @param unansweredSince since when AWS may have carried out the current create
	 */
	public boolean mayHaveAnImage(@Nullable String arn, @Nullable Instant lostSince,
			@Nullable Instant unansweredSince) {
		return arn != null || lostSince != null || (requestsImage() && unansweredSince != null);
	}

	@JsonValue
	@Override
	public String toString() {
		return this.id;
	}

}
