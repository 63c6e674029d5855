package dev.distributeimage.imagebuilder;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Keeps an STS that hangs from holding the workers of runs that do not need it: a circuit
 * breaker for each Region. Once AssumeRole has timed out, every other attempt fails at
 * once for six times the timeout. Then a single one tries again, and two in all Regions
 * together.
 */
class HangingSts {

	private static final int MOST_TRIES = 2;

	private static final int TIMEOUTS = 6;

	private final Duration pause;

	/** When STS may be tried again, by the Regions where it hangs. */
	private final Map<String, Instant> hanging = new HashMap<>();

	/** The Regions where it is being tried. */
	private final Set<String> tried = new HashSet<>();

	HangingSts(Duration timeout) {
		this.pause = timeout.multipliedBy(TIMEOUTS);
	}

	/**
	 * Begins an attempt.
	 * @return whether it may be made
	 */
	synchronized boolean begin(String region, Instant now) {
		Instant again = this.hanging.get(region);
		if (again == null) {
			return true;
		}
		return !now.isBefore(again) && this.tried.size() < MOST_TRIES && this.tried.add(region);
	}

	/** Ends an attempt that was answered, by whatever. */
	synchronized void answered(String region) {
		this.hanging.remove(region);
		this.tried.remove(region);
	}

	/** Ends an attempt without a response. */
	synchronized void timedOut(String region, Instant now) {
		this.hanging.put(region, now.plus(this.pause));
		this.tried.remove(region);
	}

}
