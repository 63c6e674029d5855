package dev.distributeimage.aws;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AwsSettingsTests {

	@Test
	void answersOfSixteenMegabytesAreRead() {
		assertThat(settings("distribute-image.aws.attempt-timeout", "10s").maxResponse())
			.isEqualTo(DataSize.ofMegabytes(16));
	}

	@ParameterizedTest
	@ValueSource(strings = { "1MB", "1024KB", "1GB" })
	void limitOfAnswersIsAccepted(String limit) {
		assertThat(settings("distribute-image.aws.max-response", limit).maxResponse()).isEqualTo(DataSize.parse(limit));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "-1MB", "1023KB", "1025MB" })
	void limitOfAnswersIsRefused(String limit) {
		assertThatExceptionOfType(BindException.class)
			.isThrownBy(() -> settings("distribute-image.aws.max-response", limit))
			.havingRootCause()
			.withMessage("distribute-image.aws.max-response must be between 1MB and 1GB");
	}

	private static AwsSettings settings(String name, String value) {
		return Binder.get(new MockEnvironment().withProperty(name, value))
			.bindOrCreate("distribute-image.aws", AwsSettings.class);
	}

}
