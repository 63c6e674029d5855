package dev.distributeimage.run.queue;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for what runs leave in AWS.
 *
 * @param distributionConfiguration which distribution configurations the service removes
 * by itself
 * @param after how long it waits for a retry of a run that has not succeeded, at least 0
 * @param perHour the maximum number of removals that it begins by itself within an hour,
 * all replicas together, from 1 to 10,000
 */
@ConfigurationProperties("distribute-image.cleanup")
public record CleanupSettings(@DefaultValue("never") Removes distributionConfiguration,
		@DefaultValue("24h") Duration after, @DefaultValue("10") int perHour) {

	/** The distribution configurations that are removed without a request. */
	public enum Removes {

		/** No configuration. */
		NEVER,

		/** Configurations of runs that did not succeed. */
		ON_FAILURE,

		/** Configurations of all runs. */
		ALWAYS

	}

	public CleanupSettings {
		if (after.isNegative()) {
			throw new IllegalArgumentException("distribute-image.cleanup.after must not be negative");
		}
		if (perHour < 1 || perHour > 10_000) {
			throw new IllegalArgumentException("distribute-image.cleanup.per-hour must be between 1 and 10000");
		}
	}

	/** Whether the configuration of a successful run is removed too. */
	public boolean removesAfterSuccess() {
		return this.distributionConfiguration == Removes.ALWAYS;
	}

	/** Whether anything is removed without a request. */
	public boolean isOn() {
		return this.distributionConfiguration != Removes.NEVER;
	}

}
