package dev.distributeimage.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.view.RunSnapshot;

/**
 * The time until a run's next call to AWS, before which reading the run shows nothing
 * new.
 */
final class RetryAfter {

	private static final long LONGEST = 60;

	private RetryAfter() {
	}

	/** In whole seconds, from 1 to 60; empty for a run that has ended. */
	static Optional<String> of(RunSnapshot run) {
		if (run.status() != RunStatus.RUNNING) {
			return Optional.empty();
		}
		Instant next = run.nextAttemptAt();
		long seconds = (next != null) ? roundedUp(Duration.between(run.readAt(), next)) : 1;
		return Optional.of(Long.toString(Math.min(Math.max(seconds, 1), LONGEST)));
	}

	private static long roundedUp(Duration duration) {
		return duration.plusNanos(999_999_999).toSeconds();
	}

}
