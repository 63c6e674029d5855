package dev.distributeimage.run.intake;

import dev.distributeimage.run.view.StoredRun;

/** What became of a request for a run. */
public sealed interface StartResult {

	/** A new run was stored. */
	record Accepted(StoredRun run) implements StartResult {
	}

	/** The token's run was there already, with the same inputs; nothing was stored. */
	record Known(StoredRun run) implements StartResult {
	}

	/** The token belongs to a run with other inputs; nothing was stored. */
	record TokenReused(StoredRun run) implements StartResult {
	}

}
