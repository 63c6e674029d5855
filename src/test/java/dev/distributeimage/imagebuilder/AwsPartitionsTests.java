package dev.distributeimage.imagebuilder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AwsPartitionsTests {

	private final AwsPartitions partitions = new AwsPartitions();

	@ParameterizedTest
	@CsvSource({ "aws, us-east-1", "aws, eu-central-2", "aws, ap-newplace-9", "aws-cn, cn-north-1",
			"aws-us-gov, us-gov-west-1", "aws-iso, us-iso-east-1" })
	void regionMatchesThePatternOfItsPartition(String partition, String region) {
		assertThat(this.partitions.isRegion(partition, region)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "aws, cn-north-1", "aws-cn, us-east-1", "aws, us-east", "aws, 'us-east-1\n'", "aws, us-east-1a",
			"aws, us-EAST-1", "aws, aws-global", "aws-moon, us-east-1" })
	void otherNamesAreNoRegions(String partition, String region) {
		assertThat(this.partitions.isRegion(partition, region)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc" })
	void regionOfAMegabyteIsNone(String partition) {
		for (String unit : new String[] { "a", "-", "-a", "us-", "1", "us-east-1" }) {
			assertThat(this.partitions.isRegion(partition, "us-east-" + unit.repeat(1 << 20))).isFalse();
			assertThat(this.partitions.isRegion(partition, unit.repeat(1 << 20))).isFalse();
		}
	}

	@Test
	void onlyPartitionsOfAwsExist() {
		assertThat(this.partitions.exists("aws-us-gov")).isTrue();
		assertThat(this.partitions.exists("aws-moon")).isFalse();
	}

}
