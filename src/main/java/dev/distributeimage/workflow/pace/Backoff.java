package dev.distributeimage.workflow.pace;

import java.time.Duration;
import java.util.random.RandomGenerator;

import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.StepId;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait after a failed call, and between polls.
 *
 * @param first the upper limit of the first wait; it doubles with every failure
 * @param max the upper limit of every wait
 * @param pollEvery the time between two polls
 * @param throttles what AWS's accounts and Regions bear at the moment
 */
public record Backoff(Duration first, Duration max, Duration pollEvery, RandomGenerator random, Throttles throttles) {

	private static final Duration MIN = Duration.ofMillis(50);

	/** The share of throttled calls that says nothing of a Region. */
	private static final double NOW_AND_THEN = 0.05;

	/** What AWS may ask for at most with {@code Retry-After}. */
	private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(15);

	/** Begins as if nothing had been throttled yet. */
	public Backoff(Duration first, Duration max, Duration pollEvery, RandomGenerator random) {
		this(first, max, pollEvery, random, new Throttles());
	}

	/**
	 * The wait before a call of the run is repeated that has failed once more. The more
	 * of its calls a Region throttles, the longer all wait that it throttles; from half
	 * of them on, close to the longest wait.
	 */
	public Duration after(ImageBuilderException failure, Run run) {
		Duration wait = (failure.remedy() == ImageBuilderException.Remedy.RETRY_SLOWLY) ? slow()
				: exponential(run.calls().attempts() + 1);
		return longer(longer(wait, withOthers(failure, run)), floor(failure.retryAfter()));
	}

	/**
	 * The wait before the image is polled after a failed call: never less than the time
	 * between two polls, and up to twice that when throttled, so that runs that met it
	 * together come apart.
	 */
	public Duration pollAfter(ImageBuilderException failure, Run run) {
		Duration poll = failure.isThrottled() ? scaled(this.pollEvery, 0.9, 2.0) : poll();
		return longer(poll, after(failure, run));
	}

	/** The wait after a failure that is this service's own. */
	public Duration afterUnforeseen(Run run) {
		Duration wait = exponential(run.calls().attempts() + 1);
		return (run.step() == StepId.GET_IMAGE) ? longer(poll(), wait) : wait;
	}

	/** With full jitter: anything up to a limit that doubles with every failure. */
	public Duration exponential(int failures) {
		double doubled = (double) this.first.toMillis() * Math.pow(2, Math.max(failures - 1, 0));
		long limit = (long) Math.min(doubled, (double) this.max.toMillis());
		return longer(MIN, Duration.ofMillis(this.random.nextLong(limit + 1)));
	}

	/** Close to the longest wait: between 80 % and all of it. */
	Duration slow() {
		return longer(MIN, scaled(this.max, 0.8, 1.0));
	}

	/** The time to the next poll, give or take 10 %. */
	public Duration poll() {
		return poll(0.9, 1.1);
	}

	/** So much of the time between two polls, or anything up to so much of it. */
	public Duration poll(double least, double most) {
		return scaled(this.pollEvery, least, most);
	}

	static Duration longer(Duration one, Duration other) {
		return (one.compareTo(other) >= 0) ? one : other;
	}

	private Duration withOthers(ImageBuilderException failure, Run run) {
		double share = failure.isThrottled() ? this.throttles.share(run.place()) : 0;
		double slower = Math.min(1, 2 * Math.max(0, share - NOW_AND_THEN));
		return Duration.ofNanos((long) (scaled(this.max, 0.5, 1.0).toNanos() * slower));
	}

	private Duration scaled(Duration duration, double from, double to) {
		return Duration.ofNanos((long) (duration.toNanos() * this.random.nextDouble(from, to)));
	}

	private static Duration floor(@Nullable Duration retryAfter) {
		if (retryAfter == null) {
			return Duration.ZERO;
		}
		return (retryAfter.compareTo(MAX_RETRY_AFTER) > 0) ? MAX_RETRY_AFTER : retryAfter;
	}

}
