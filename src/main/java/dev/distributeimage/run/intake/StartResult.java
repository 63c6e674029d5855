package dev.distributeimage.run.intake;

import java.util.UUID;

import dev.distributeimage.run.view.RunSnapshot;

/** The result of a request to start a run. */
public sealed interface StartResult {

	/** A new run was stored. */
	record Started(RunSnapshot run) implements StartResult {
	}

	/** A run with the token and the same inputs exists; nothing was stored. */
	record Known(UUID run) implements StartResult {
	}

	/** A run with the token and other inputs exists; nothing was stored. */
	record TokenReused(UUID run) implements StartResult {
	}

}
