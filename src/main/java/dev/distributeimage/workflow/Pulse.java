package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

import org.jspecify.annotations.Nullable;

/** The last look of the poller at the queue, and what it has shown. */
class Pulse {

	private final InstantSource clock;

	private volatile @Nullable Look last;

	Pulse(InstantSource clock) {
		this.clock = clock;
	}

	/**
	 * A look at the queue.
	 *
	 * @param at when it was over, by this machine's clock
	 * @param dueAge for how long the run had been due that was due for the longest
	 * @param inFlight whether any run was in flight
	 */
	record Look(Instant at, Duration dueAge, boolean inFlight) {

		Instant dueSince() {
			return this.at.minus(this.dueAge);
		}

	}

	/** Notes a look that has succeeded, or the start of the poller. */
	void beats(Duration dueAge, boolean inFlight) {
		this.last = new Look(this.clock.instant(), dueAge, inFlight);
	}

	/** The last look, or null before the poller has started. */
	@Nullable Look last() {
		return this.last;
	}

	/** Whether a look within this time has shown that no run is in flight. */
	boolean isIdle(Duration within) {
		Look look = this.last;
		return look != null && !look.inFlight() && age(look).compareTo(within) < 0;
	}

	/** The time since the look. */
	Duration age(Look look) {
		return Duration.between(look.at(), this.clock.instant());
	}

}
