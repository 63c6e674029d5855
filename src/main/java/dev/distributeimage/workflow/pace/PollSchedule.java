package dev.distributeimage.workflow.pace;

import java.time.Duration;
import java.time.Instant;

import dev.distributeimage.run.Image;
import dev.distributeimage.run.Run;

/**
 * Schedules the next poll of an image that has not ended. The wait is up to twice the
 * poll interval while no earlier build of its recipe would have ended, the shortest that
 * jitter allows while they ended, and the poll interval otherwise.
 *
 * @param backoff provides the poll interval
 */
public record PollSchedule(Backoff backoff, Expectations expectations) {

	private static final double SHORT_MIN = 0.9;

	private static final double SHORT_MAX = 0.92;

	private static final double SHORT_MEAN = (SHORT_MIN + SHORT_MAX) / 2;

	/** Leaves time for a tick and a call within two poll intervals. */
	private static final double LONG_MAX = 1.95;

	/** Spreads runs that began together. */
	private static final double JITTER = 0.03;

	/**
	 * Returns the pause after a poll that showed this image, which the run does not know
	 * yet.
	 */
	public Duration after(Run run, Image seen, Instant now) {
		if (run.cancel().isRequested()) {
			return this.backoff.poll();
		}
		Expectation expectation = this.expectations.of(run);
		return expectation.minLeft(seen.status(), run.image().shownFor(seen.status(), now))
			.map((left) -> pause(left, longest(expectation)))
			.orElseGet(this.backoff::poll);
	}

	// One poll interval early, because the start of a status is known no more precisely.
	private Duration pause(Duration left, double longest) {
		Duration shortPause = this.backoff.poll(SHORT_MIN, SHORT_MAX);
		Duration longPause = this.backoff.poll(longest - JITTER, longest);
		Duration early = left.minus(this.backoff.pollEvery());
		return Backoff.longer(shortPause, (longPause.compareTo(early) <= 0) ? longPause : early);
	}

	// Builds that fail do so at any time, and longer waits delay their detection. Builds
	// that succeed end during short waits and are detected sooner. The limit keeps the
	// mean delay where it was.
	private static double longest(Expectation expectation) {
		return Math.min(LONG_MAX, SHORT_MEAN + (1 - SHORT_MEAN) / expectation.failureRate());
	}

}
