package dev.distributeimage.imagebuilder;

import java.time.Duration;
import java.util.Set;

import dev.distributeimage.aws.AwsSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AwsPartitionsTests {

	private final AwsPartitions partitions = with();

	@ParameterizedTest
	@CsvSource({ "aws, us-east-1", "aws, eu-central-2", "aws-cn, cn-north-1", "aws-us-gov, us-gov-west-1",
			"aws-iso, us-iso-east-1", "aws-eusc, eusc-de-east-1" })
	void regionOfTheSdkIsInItsPartition(String partition, String region) {
		assertThat(this.partitions.regions(partition)).contains(region);
	}

	@ParameterizedTest
	@CsvSource({ "aws, cn-north-1", "aws-cn, us-east-1", "aws, us-east", "aws, 'us-east-1\n'", "aws, us-east-1a",
			"aws, us-EAST-1", "aws, aws-global", "aws-cn, aws-cn-global", "aws-moon, us-east-1", "aws, ap-newplace-9",
			"aws, us-4431-1" })
	void otherNamesAreNoRegions(String partition, String region) {
		assertThat(this.partitions.regions(partition)).doesNotContain(region);
	}

	@Test
	void settingAddsARegionToItsPartition() {
		AwsPartitions more = with("ap-newplace-9", "cn-west-7");
		assertThat(more.regions("aws")).contains("ap-newplace-9", "us-east-1").doesNotContain("cn-west-7");
		assertThat(more.regions("aws-cn")).contains("cn-west-7");
	}

	@ParameterizedTest
	@ValueSource(strings = { "mars", "us-EAST-1", "aws-global", "us-east-1.evil.example", "" })
	void settingThatIsNoRegionStopsTheStart(String name) {
		assertThatThrownBy(() -> with(name)).hasMessageContaining("distribute-image.aws.extra-regions");
	}

	@Test
	void regionOfAMegabyteStopsTheStart() {
		for (String unit : new String[] { "a", "-", "-a", "us-", "1", "us-east-1" }) {
			assertThatThrownBy(() -> with("us-east-" + unit.repeat(1 << 20)))
				.hasMessageContaining("distribute-image.aws.extra-regions");
		}
	}

	@Test
	void onlyPartitionsOfAwsExist() {
		assertThat(this.partitions.exists("aws-us-gov")).isTrue();
		assertThat(this.partitions.exists("aws-moon")).isFalse();
	}

	private static AwsPartitions with(String... extraRegions) {
		return new AwsPartitions(
				new AwsSettings(Duration.ofSeconds(10), 0, Set.of(extraRegions), true, DataSize.ofMegabytes(16)));
	}

}
