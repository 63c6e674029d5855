package dev.distributeimage.run.intake;

import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.view.RunSnapshot;

/** What became of a request to cancel a run. */
public sealed interface CancelResult {

	/** The request is noted, now or before. */
	record Requested(RunSnapshot run) implements CancelResult {
	}

	/** The run is cancelled already. */
	record Cancelled(RunSnapshot run) implements CancelResult {
	}

	/** The run has ended otherwise. */
	record Ended(RunStatus status) implements CancelResult {
	}

}
