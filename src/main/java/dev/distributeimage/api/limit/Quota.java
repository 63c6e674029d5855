package dev.distributeimage.api.limit;

import java.time.Duration;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;

/**
 * A token bucket: how often the callers of an owner may ask this replica for something.
 */
public final class Quota {

	private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

	private final String name;

	private final long most;

	private final long windowSeconds;

	private final String policy;

	private final Bucket bucket;

	/**
	 * Creates a full bucket.
	 * @param most the size of the bucket, which is filled within the window
	 */
	Quota(String name, long most, Duration window, TimeMeter clock) {
		this.name = name;
		this.most = most;
		this.windowSeconds = roundedUp(window.toNanos());
		this.policy = "\"" + name + "\";q=" + most + ";w=" + this.windowSeconds;
		this.bucket = Bucket.builder()
			.addLimit((limit) -> limit.capacity(most).refillGreedy(most, window))
			.withCustomTimePrecision(clock)
			.build();
	}

	/** Takes one from the bucket, unless it is empty. */
	public boolean tryTake() {
		return this.bucket.tryConsume(1);
	}

	/** Gives one back that was taken for nothing. */
	public void giveBack() {
		this.bucket.addTokens(1);
	}

	String name() {
		return this.name;
	}

	/** The whole seconds until there is one more, at least 1. */
	long secondsToNext() {
		return secondsToNext(this.bucket.getAvailableTokens());
	}

	private long secondsToNext(long left) {
		return roundedUp(this.bucket.estimateAbilityToConsume(left + 1).getNanosToWaitForRefill());
	}

	private static long roundedUp(long nanos) {
		return Math.max(1, (nanos + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND);
	}

	/** An item of the field {@code RateLimit-Policy}. */
	String policy() {
		return this.policy;
	}

	/** An item of the field {@code RateLimit}. */
	String state() {
		long left = this.bucket.getAvailableTokens();
		String state = "\"" + this.name + "\";r=" + left;
		return (left < this.most) ? state + ";t=" + secondsToNext(left) : state;
	}

	@Override
	public String toString() {
		return "%s: %d in %d s".formatted(this.name, this.most, this.windowSeconds);
	}

}
