package dev.distributeimage.workflow;

import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.StepId;
import dev.distributeimage.simulator.Operation;

/** The kinds of runs, each with its own way through the steps. */
enum RunKind {

	/** Creates a distribution configuration, and builds an image with it. */
	BUILD(StepId.CREATE_IMAGE, Operation.CREATE_IMAGE, false),

	/** Creates a distribution configuration, and builds a container image with it. */
	CONTAINER_BUILD(StepId.CREATE_IMAGE, Operation.CREATE_IMAGE, false),

	/** Builds an image with a distribution configuration that is there already. */
	REUSING_BUILD(StepId.CREATE_IMAGE, Operation.CREATE_IMAGE, true),

	/** Creates a distribution configuration, and distributes a source image with it. */
	SOURCE_IMAGE(StepId.DISTRIBUTE_IMAGE, Operation.DISTRIBUTE_IMAGE, false),

	/** Distributes a source image with a configuration that is there already. */
	REUSING_SOURCE_IMAGE(StepId.DISTRIBUTE_IMAGE, Operation.DISTRIBUTE_IMAGE, true);

	private final StepId imageStep;

	private final Operation imageOperation;

	private final boolean reusing;

	RunKind(StepId imageStep, Operation imageOperation, boolean reusing) {
		this.imageStep = imageStep;
		this.imageOperation = imageOperation;
		this.reusing = reusing;
	}

	/** The step that requests the image. */
	StepId imageStep() {
		return this.imageStep;
	}

	/** The operation that requests the image. */
	Operation imageOperation() {
		return this.imageOperation;
	}

	/** The step at which the run begins. */
	StepId firstStep() {
		return this.reusing ? this.imageStep : StepId.CREATE_DISTRIBUTION_CONFIGURATION;
	}

	/** Whether the run uses a configuration that is there already. */
	boolean isReusing() {
		return this.reusing;
	}

	/**
	 * Returns the request as one of this kind.
	 * @param existing the configuration that is there already
	 */
	NewRun like(NewRun asked, String existing) {
		NewRunBuilder kind = switch (this) {
			case BUILD, REUSING_BUILD -> new NewRunBuilder(asked);
			case CONTAINER_BUILD -> new NewRunBuilder(asked).ofContainer();
			case SOURCE_IMAGE, REUSING_SOURCE_IMAGE -> new NewRunBuilder(asked).ofSourceImage();
		};
		return (this.reusing ? kind.reusing(existing) : kind).build();
	}

}
