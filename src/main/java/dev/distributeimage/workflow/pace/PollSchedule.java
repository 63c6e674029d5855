package dev.distributeimage.workflow.pace;

import java.time.Duration;
import java.time.Instant;

import dev.distributeimage.run.Image;
import dev.distributeimage.run.Run;

/**
 * When an image is polled again that has not ended yet: at up to twice the usual interval
 * while no earlier build of its recipe would have ended, at the shortest that jitter
 * allows while they ended, and at the usual one otherwise.
 *
 * @param backoff knows the usual interval
 */
public record PollSchedule(Backoff backoff, Expectations expectations) {

	private static final double NEAR = 0.9;

	private static final double NEAR_AT_MOST = 0.92;

	private static final double NEAR_ON_AVERAGE = (NEAR + NEAR_AT_MOST) / 2;

	/** Leaves a tick and a call until the end is two intervals ago. */
	private static final double FAR_AT_MOST = 1.95;

	/** So that runs that were begun together come apart. */
	private static final double JITTER = 0.03;

	/** The pause after a poll that has shown this image; the run does not know it yet. */
	public Duration after(Run run, Image seen, Instant now) {
		if (run.cancel().isRequested()) {
			return this.backoff.poll();
		}
		Expectation expectation = this.expectations.of(run);
		return expectation.leastLeft(seen.status(), run.image().shownFor(seen.status(), now))
			.map((left) -> pause(left, farthest(expectation)))
			.orElseGet(this.backoff::poll);
	}

	// A poll interval early: when a status began is known no better.
	private Duration pause(Duration left, double farthest) {
		Duration near = this.backoff.poll(NEAR, NEAR_AT_MOST);
		Duration far = this.backoff.poll(farthest - JITTER, farthest);
		Duration early = left.minus(this.backoff.pollEvery());
		return Backoff.longer(near, (far.compareTo(early) <= 0) ? far : early);
	}

	// Builds that fail do so at any time. What they wait longer to be seen, the others,
	// which end while polls are near, must wait less: the mean stays where it was.
	private static double farthest(Expectation expectation) {
		return Math.min(FAR_AT_MOST, NEAR_ON_AVERAGE + (1 - NEAR_ON_AVERAGE) / expectation.failing());
	}

}
