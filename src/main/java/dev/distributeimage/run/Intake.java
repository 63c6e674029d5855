package dev.distributeimage.run;

/** What became of a request for a run. */
public sealed interface Intake {

	/** A new run was stored. */
	record Accepted(StoredRun run) implements Intake {
	}

	/** The token's run was there already, with the same inputs; nothing was stored. */
	record Known(StoredRun run) implements Intake {
	}

	/** The token belongs to a run with other inputs; nothing was stored. */
	record TokenReused(StoredRun run) implements Intake {
	}

}
