package dev.distributeimage.run;

import java.time.Instant;

/**
 * The progress of a run through its workflow.
 *
 * @param step the current step, or the step at which the run ended
 * @param deadline when the run times out
 */
public record Progress(WorkflowId workflow, RunStatus status, StepId step, Instant deadline) {

	Progress at(StepId next) {
		return new Progress(this.workflow, this.status, next, this.deadline);
	}

	Progress ended(RunStatus end) {
		return new Progress(this.workflow, end, this.step, this.deadline);
	}

	Progress resumed(StepId next, Instant newDeadline) {
		return new Progress(this.workflow, RunStatus.RUNNING, next, newDeadline);
	}

	/** Whether the deadline is reached. */
	public boolean isOverdue(Instant now) {
		return !now.isBefore(this.deadline);
	}

}
