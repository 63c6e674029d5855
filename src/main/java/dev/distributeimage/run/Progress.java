package dev.distributeimage.run;

import java.time.Instant;

/**
 * How far a run has come.
 *
 * @param step the step where the run is, or where it ended
 * @param deadline when the run times out
 */
public record Progress(RunStatus status, StepId step, Instant deadline) {

	Progress at(StepId next) {
		return new Progress(this.status, next, this.deadline);
	}

	Progress ended(RunStatus end) {
		return new Progress(end, this.step, this.deadline);
	}

	/** Whether the deadline has come. */
	public boolean isOverdue(Instant now) {
		return !now.isBefore(this.deadline);
	}

}
