package dev.distributeimage.imagebuilder;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Reports whether the service has AWS credentials. Belongs to neither probe: without them
 * runs are accepted and wait, and another replica, or a restart, would have none either.
 */
@Component
@ConditionalOnEnabledHealthIndicator("aws-credentials")
class AwsCredentialsHealthIndicator implements HealthIndicator {

	private final AwsCredentialsProvider credentials;

	AwsCredentialsHealthIndicator(AwsCredentialsProvider credentials) {
		this.credentials = credentials;
	}

	// Where credentials were looked for is the operator's business, and in the log.
	@Override
	public Health health() {
		try {
			this.credentials.resolveCredentials();
			return Health.up().build();
		}
		catch (RuntimeException ex) {
			return Health.down().build();
		}
	}

}
