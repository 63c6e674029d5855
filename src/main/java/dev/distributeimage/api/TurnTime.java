package dev.distributeimage.api;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** How long a turn takes lately: the last one counts for a sixteenth. */
final class TurnTime {

	private static final int MEMORY = 16;

	private final AtomicLong nanos = new AtomicLong();

	void took(long turn) {
		this.nanos.updateAndGet((lately) -> lately + (turn - lately) / MEMORY);
	}

	/** How many turns fit into a time, one after the other. */
	long turnsIn(Duration time) {
		return time.toNanos() / Math.max(1, this.nanos.get());
	}

}
