package dev.distributeimage.imagebuilder;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.profiles.ProfileFile;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

class AwsCredentialsHealthIndicatorTests {

	@Test
	void credentialsAreUp() {
		Health health = health(StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret")));
		assertThat(health.getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void noCredentialsAreDownWithoutSayingWhereTheyWereLookedFor() {
		AwsCredentialsProvider none = ProfileCredentialsProvider.builder()
			.profileFile(() -> ProfileFile.aggregator().build())
			.profileName("none")
			.build();
		Health health = health(AwsCredentialsProviderChain.of(none));
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).isEmpty();
	}

	private static Health health(AwsCredentialsProvider credentials) {
		return new AwsCredentialsHealthIndicator(credentials).health();
	}

}
