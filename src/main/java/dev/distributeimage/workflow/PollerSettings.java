package dev.distributeimage.workflow;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the poller.
 *
 * @param enabled whether this replica carries runs on, or only takes requests in
 * @param tick the longest time between two looks for due runs
 * @param batchSize how many runs may be claimed and not yet begun; with a limit to calls,
 * as many again that go before polls
 * @param concurrency how many calls may be under way at once
 * @param claimFor how long a worker has a run; at least three times
 * {@code distribute-image.aws.attempt-timeout}
 * @param regionShare the part of the workers, and of the batch, that one Region may hold,
 * above 0 up to 1
 */
@ConfigurationProperties("distribute-image.poller")
record PollerSettings(@DefaultValue("true") boolean enabled, @DefaultValue("1s") Duration tick,
		@DefaultValue("100") int batchSize, @DefaultValue("16") int concurrency, @DefaultValue("1m") Duration claimFor,
		@DefaultValue("0.5") double regionShare) {

	PollerSettings {
		require(tick.toMillis() >= 1, "tick must be at least 1ms");
		require(batchSize >= 1, "batch-size must be at least 1");
		require(concurrency >= 1 && concurrency <= 1_000, "concurrency must be from 1 to 1000");
		require(regionShare > 0 && regionShare <= 1, "region-share must be above 0 and at most 1");
	}

	/** How many calls to one Region may be under way at once. */
	int regionConcurrency() {
		return (int) Math.max(1, Math.floor(this.concurrency * this.regionShare));
	}

	/** How many runs of one Region are claimed at once. */
	int regionBatchSize() {
		return (int) Math.max(1, Math.floor(this.batchSize * this.regionShare));
	}

	private static void require(boolean condition, String message) {
		if (!condition) {
			throw new IllegalArgumentException("distribute-image.poller." + message);
		}
	}

}
