package dev.distributeimage.workflow;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for the poller.
 *
 * @param enabled whether this replica works on runs, or only accepts requests
 * @param tick the maximum time between two scans for due runs, at least 1 ms
 * @param batchSize the maximum number of claimed runs that have not begun, of Regions
 * that answer, at least 1; with a limit to calls, the same number again is reserved for
 * creates, cancels and retries
 * @param concurrency the maximum number of concurrent calls, from 1 to 1,000
 * @param claimFor the duration of a lease; at least three times the timeout of a call,
 * {@code distribute-image.aws.attempt-timeout}
 * @param regionShare the share of the workers and of the batch that one Region may hold;
 * above 0, at most 1
 */
@ConfigurationProperties("distribute-image.poller")
public record PollerSettings(@DefaultValue("true") boolean enabled, @DefaultValue("1s") Duration tick,
		@DefaultValue("100") int batchSize, @DefaultValue("16") int concurrency, @DefaultValue("1m") Duration claimFor,
		@DefaultValue("0.5") double regionShare) {

	/** Checks the settings. */
	public PollerSettings {
		require(tick.toMillis() >= 1, "tick must be at least 1ms");
		require(batchSize >= 1, "batch-size must be at least 1");
		require(concurrency >= 1 && concurrency <= 1_000, "concurrency must be between 1 and 1000");
		require(regionShare > 0 && regionShare <= 1, "region-share must be above 0 and at most 1");
	}

	/** The maximum number of concurrent calls to one Region. */
	private int regionConcurrency() {
		return (int) Math.max(1, Math.floor(this.concurrency * this.regionShare));
	}

	Workers workers(Duration attemptTimeout) {
		return new Workers(this.concurrency, regionConcurrency(), attemptTimeout);
	}

	/** The maximum number of runs of one Region in a claim. */
	int regionBatchSize() {
		return (int) Math.max(1, Math.floor(this.batchSize * this.regionShare));
	}

	private static void require(boolean condition, String message) {
		if (!condition) {
			throw new IllegalArgumentException("distribute-image.poller." + message);
		}
	}

}
