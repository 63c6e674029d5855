package dev.distributeimage.aws;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the calls to AWS. Everything else is configured the AWS way.
 *
 * @param attemptTimeout how long one call may take
 * @param callsPerSecond how many calls a second this replica sends to one account and
 * Region; 0 for no limit
 */
@ConfigurationProperties("distribute-image.aws")
public record AwsSettings(@DefaultValue("10s") Duration attemptTimeout, @DefaultValue("0") double callsPerSecond) {

	public AwsSettings {
		if (attemptTimeout.compareTo(Duration.ofMillis(100)) < 0) {
			throw new IllegalArgumentException("distribute-image.aws.attempt-timeout must be at least 100ms");
		}
		if (!(callsPerSecond >= 0)) {
			throw new IllegalArgumentException("distribute-image.aws.calls-per-second must not be negative");
		}
	}

}
