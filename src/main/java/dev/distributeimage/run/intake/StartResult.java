package dev.distributeimage.run.intake;

import java.util.List;
import java.util.UUID;

import dev.distributeimage.run.Warning;
import dev.distributeimage.run.view.RunSnapshot;
import org.jspecify.annotations.Nullable;

/** The result of a request to start a run. */
public sealed interface StartResult {

	/** A new run was stored. */
	record Started(RunSnapshot run) implements StartResult {
	}

	/**
	 * A run of the same owner with the token and the same inputs exists; nothing was
	 * stored.
	 *
	 * @param warnings those about labels and a deadline that differ from the run's
	 */
	record Known(UUID run, List<Warning> warnings) implements StartResult {
	}

	/**
	 * A run with the token, but with other inputs or another owner exists; nothing was
	 * stored.
	 *
	 * @param owner the owner of that run
	 */
	record TokenReused(UUID run, @Nullable String owner) implements StartResult {
	}

	/**
	 * The run with the token was removed, and the token is kept; nothing was stored.
	 *
	 * @param owner the owner of that run
	 */
	record Removed(@Nullable String owner) implements StartResult {
	}

	/** The owner has as many runs in flight as it may have; nothing was stored. */
	record LimitReached() implements StartResult {
	}

}
