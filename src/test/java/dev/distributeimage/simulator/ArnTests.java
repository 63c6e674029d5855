package dev.distributeimage.simulator;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

import static org.assertj.core.api.Assertions.assertThat;

class ArnTests {

	@ParameterizedTest
	@ValueSource(strings = { "eu-west-1", "us-east-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1",
			"eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1" })
	void partitionIsThatOfTheRegion(String region) {
		assertThat(Arn.partitionOf(region)).isEqualTo(PartitionMetadata.of(Region.of(region)).id());
	}

}
