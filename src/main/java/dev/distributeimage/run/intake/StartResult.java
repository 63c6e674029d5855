package dev.distributeimage.run.intake;

import java.util.UUID;

import dev.distributeimage.run.view.RunSnapshot;

/** What became of a request to start a run. */
public sealed interface StartResult {

	/** A new run was stored. */
	record Started(RunSnapshot run) implements StartResult {
	}

	/** The token's run existed, with the same inputs; nothing was stored. */
	record Known(UUID run) implements StartResult {
	}

	/** The token belongs to a run with other inputs; nothing was stored. */
	record TokenReused(UUID run) implements StartResult {
	}

}
