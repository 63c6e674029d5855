package dev.distributeimage.retention;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for how long things are kept.
 *
 * @param endedRuns how long runs are kept after their end, at least a day, so that
 * callers have time to see how their runs ended; 0 keeps all runs
 */
@ConfigurationProperties("distribute-image.retention")
record RetentionSettings(@DefaultValue("90d") Duration endedRuns) {

	private static final Duration SHORTEST = Duration.ofDays(1);

	RetentionSettings {
		if (!endedRuns.isZero() && endedRuns.compareTo(SHORTEST) < 0) {
			throw new IllegalArgumentException(
					"distribute-image.retention.ended-runs must be at least 1d, or 0 to keep all runs");
		}
	}

}
