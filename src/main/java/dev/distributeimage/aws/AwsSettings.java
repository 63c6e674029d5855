package dev.distributeimage.aws;

import java.time.Duration;
import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings for calls to AWS; everything else is configured as in any AWS SDK client.
 *
 * @param attemptTimeout the timeout of one call, at least 100 ms
 * @param callsPerSecond the maximum number of calls per second from this replica to one
 * account and Region; 0 for no limit
 * @param extraRegions Regions that runs may name although the AWS SDK does not know them,
 * such as one that is newer than this version
 * @param verifyAccount whether the account of the credentials is asked for, so that runs
 * of other accounts are refused
 * @param maxResponse the length up to which a response of AWS is read, from 1 MB to 1 GB;
 * the largest are images with an AMI for each of thousands of accounts
 */
@ConfigurationProperties("distribute-image.aws")
public record AwsSettings(@DefaultValue("10s") Duration attemptTimeout, @DefaultValue("0") double callsPerSecond,
		@DefaultValue Set<String> extraRegions, @DefaultValue("true") boolean verifyAccount,
		@DefaultValue("16MB") DataSize maxResponse) {

	private static final DataSize LEAST_RESPONSE = DataSize.ofMegabytes(1);

	private static final DataSize MOST_RESPONSE = DataSize.ofGigabytes(1);

	public AwsSettings {
		if (attemptTimeout.compareTo(Duration.ofMillis(100)) < 0) {
			throw new IllegalArgumentException("distribute-image.aws.attempt-timeout must be at least 100ms");
		}
		if (maxResponse.compareTo(LEAST_RESPONSE) < 0 || maxResponse.compareTo(MOST_RESPONSE) > 0) {
			throw new IllegalArgumentException("distribute-image.aws.max-response must be between 1MB and 1GB");
		}
		if (!(callsPerSecond >= 0)) {
			throw new IllegalArgumentException("distribute-image.aws.calls-per-second must not be negative");
		}
	}

}
