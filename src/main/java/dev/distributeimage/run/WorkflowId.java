package dev.distributeimage.run;

import java.util.Arrays;

import com.fasterxml.jackson.annotation.JsonValue;

/** The workflows, named by their ids in the Arazzo document. */
public enum WorkflowId {

	/** Builds an image and distributes it. */
	DISTRIBUTE_IMAGE("distribute-image", StepId.CREATE_IMAGE),

	/** Distributes an image that exists already. */
	DISTRIBUTE_EXISTING_IMAGE("distribute-existing-image", StepId.DISTRIBUTE_IMAGE);

	private final String id;

	private final StepId imageStep;

	WorkflowId(String id, StepId imageStep) {
		this.id = id;
		this.imageStep = imageStep;
	}

	/**
	 * Returns the workflow with the given id.
	 * @throws IllegalArgumentException if there is none
	 */
	public static WorkflowId of(String id) {
		return Arrays.stream(values())
			.filter((workflow) -> workflow.id.equals(id))
			.findAny()
			.orElseThrow(() -> new IllegalArgumentException("Unknown workflow: " + id));
	}

	/** The step that requests the image. */
	public StepId imageStep() {
		return this.imageStep;
	}

	/** The action of a retry that requests a new image. */
	RetryAction imageAction() {
		return switch (this) {
			case DISTRIBUTE_IMAGE -> RetryAction.CREATE_IMAGE;
			case DISTRIBUTE_EXISTING_IMAGE -> RetryAction.DISTRIBUTE_IMAGE;
		};
	}

	@JsonValue
	@Override
	public String toString() {
		return this.id;
	}

}
