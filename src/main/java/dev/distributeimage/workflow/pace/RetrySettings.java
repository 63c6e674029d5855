package dev.distributeimage.workflow.pace;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for the waits after failed calls.
 *
 * @param firstDelay the upper limit of the first wait, at least 1 ms; it doubles with
 * every failure
 * @param maxDelay the upper limit of the backoff after a failed call, at least
 * {@code firstDelay}; a {@code Retry-After} of up to 15 minutes and the poll interval may
 * exceed it
 */
@ConfigurationProperties("distribute-image.retry")
public record RetrySettings(@DefaultValue("1s") Duration firstDelay, @DefaultValue("1m") Duration maxDelay) {

	public RetrySettings {
		if (firstDelay.toMillis() < 1 || maxDelay.compareTo(firstDelay) < 0) {
			throw new IllegalArgumentException(
					"distribute-image.retry.first-delay must be positive and at most distribute-image.retry.max-delay");
		}
	}

}
