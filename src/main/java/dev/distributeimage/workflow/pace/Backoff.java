package dev.distributeimage.workflow.pace;

import java.time.Duration;
import java.util.random.RandomGenerator;

import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.StepId;
import org.jspecify.annotations.Nullable;

/**
 * Waits after failed calls, by exponential backoff with full jitter, and waits between
 * polls.
 *
 * @param first the upper limit of the first wait; it doubles with every failure
 * @param max the upper limit of the backoff; a {@code Retry-After} of up to 15 minutes
 * and the poll interval may exceed it
 * @param pollEvery the interval between two polls
 * @param throttles how much each account and Region is throttling
 */
public record Backoff(Duration first, Duration max, Duration pollEvery, RandomGenerator random, Throttles throttles) {

	private static final Duration MIN = Duration.ofMillis(50);

	/** The share of throttled calls that is normal and slows nothing down. */
	private static final double NORMAL_SHARE = 0.05;

	private static final Duration LONGEST_WAIT_WHILE_IN_USE = Duration.ofHours(1);

	/** The maximum {@code Retry-After} that is obeyed. */
	private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(15);

	/**
	 * Returns the wait before a failed call is repeated. The larger the share of calls
	 * that a Region throttles, the longer every throttled run waits: from about half on,
	 * between 50 % and 100 % of the maximum.
	 */
	public Duration after(ImageBuilderException failure, Run run) {
		return after(failure, run.place(), run.calls().attempts());
	}

	/**
	 * Returns the wait before a failed call to a place is repeated.
	 * @param failedBefore the number of attempts that failed before this one
	 */
	public Duration after(ImageBuilderException failure, Place place, int failedBefore) {
		Duration wait = (failure.remedy() == ImageBuilderException.Remedy.RETRY_SLOWLY) ? slow()
				: exponential(failedBefore + 1);
		return longer(longer(wait, throttledWait(failure, place)), requested(failure.retryAfter()));
	}

	/**
	 * Returns the wait before something that is in use is looked at again: the maximum,
	 * doubled each time, up to an hour.
	 */
	public Duration whileInUse(int failedBefore) {
		Duration doubled = this.max.multipliedBy(1L << Math.min(failedBefore, 16));
		Duration wait = (doubled.compareTo(LONGEST_WAIT_WHILE_IN_USE) < 0) ? doubled : LONGEST_WAIT_WHILE_IN_USE;
		return longer(MIN, scaled(wait, 0.8, 1.0));
	}

	/**
	 * Returns the wait for the next poll after a failed call: never less than
	 * {@link #poll()}, and up to twice the poll interval if throttled, so that runs
	 * throttled together spread out.
	 */
	public Duration pollAfter(ImageBuilderException failure, Run run) {
		Duration poll = failure.isThrottled() ? poll(0.9, 2.0) : poll();
		return longer(poll, after(failure, run));
	}

	/** Returns the wait after a failure inside this service. */
	public Duration afterUnforeseen(Run run) {
		Duration wait = exponential(run);
		return (run.step() == StepId.GET_IMAGE) ? longer(poll(), wait) : wait;
	}

	/** Returns the exponential wait after one more failed attempt of the run. */
	public Duration exponential(Run run) {
		return exponential(run.calls().attempts() + 1);
	}

	/** Returns a random wait up to a limit that doubles with every failure. */
	Duration exponential(int failures) {
		double doubled = (double) this.first.toMillis() * Math.pow(2, Math.max(failures - 1, 0));
		long limit = (long) Math.min(doubled, (double) this.max.toMillis());
		return longer(MIN, Duration.ofMillis(this.random.nextLong(limit + 1)));
	}

	/** Returns a wait close to the maximum: between 80 % and 100 % of it. */
	Duration slow() {
		return longer(MIN, scaled(this.max, 0.8, 1.0));
	}

	/** Returns the poll interval with a jitter of 10 % either way. */
	public Duration poll() {
		return poll(0.9, 1.1);
	}

	/** Returns a random wait between two multiples of the poll interval. */
	Duration poll(double from, double to) {
		return scaled(this.pollEvery, from, to);
	}

	static Duration longer(Duration one, Duration other) {
		return (one.compareTo(other) >= 0) ? one : other;
	}

	private Duration throttledWait(ImageBuilderException failure, Place place) {
		double share = failure.isThrottled() ? this.throttles.share(place) : 0;
		double slower = Math.min(1, 2 * Math.max(0, share - NORMAL_SHARE));
		return Duration.ofNanos((long) (scaled(this.max, 0.5, 1.0).toNanos() * slower));
	}

	private Duration scaled(Duration duration, double from, double to) {
		return Duration.ofNanos((long) (duration.toNanos() * this.random.nextDouble(from, to)));
	}

	private static Duration requested(@Nullable Duration retryAfter) {
		if (retryAfter == null) {
			return Duration.ZERO;
		}
		return (retryAfter.compareTo(MAX_RETRY_AFTER) > 0) ? MAX_RETRY_AFTER : retryAfter;
	}

}
