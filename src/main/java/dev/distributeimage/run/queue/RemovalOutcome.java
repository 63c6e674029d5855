package dev.distributeimage.run.queue;

import java.time.Duration;

import dev.distributeimage.run.RemovalFailure;
import org.jspecify.annotations.Nullable;

/** The outcome of an attempt to remove a distribution configuration. */
public sealed interface RemovalOutcome {

	/** It is gone, and no delete is on its way. */
	record Removed() implements RemovalOutcome {
	}

	/** It is gone, and an earlier delete may still be carried out during the pause. */
	record Gone(Duration pause) implements RemovalOutcome {
	}

	/**
	 * Another attempt follows after the pause.
	 *
	 * @param failure what is waited out, or null if no attempt was made
	 * @param unanswered whether AWS may carry out the delete of this attempt
	 */
	record Postponed(@Nullable RemovalFailure failure, boolean unanswered, Duration pause) implements RemovalOutcome {
	}

	/**
	 * It stays.
	 *
	 * @param unanswered whether AWS may carry out the delete of this attempt
	 */
	record GivenUp(RemovalFailure failure, boolean unanswered) implements RemovalOutcome {
	}

}
