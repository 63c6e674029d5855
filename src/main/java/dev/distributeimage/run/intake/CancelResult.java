package dev.distributeimage.run.intake;

import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.view.RunSnapshot;

/** The result of a request to cancel a run. */
public sealed interface CancelResult {

	/** A cancel is requested, by this request or an earlier one. */
	record Requested(RunSnapshot run) implements CancelResult {
	}

	/** The run is already cancelled. */
	record Cancelled(RunSnapshot run) implements CancelResult {
	}

	/** The run has ended with another status. */
	record Ended(RunStatus status) implements CancelResult {
	}

}
