package dev.distributeimage.page;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ConsoleTests {

	@ParameterizedTest
	@CsvSource({ "aws, eu-west-1, eu-west-1.console.aws.amazon.com",
			"aws-cn, cn-north-1, cn-north-1.console.amazonaws.cn",
			"aws-us-gov, us-gov-west-1, us-gov-west-1.console.amazonaws-us-gov.com",
			"aws-eusc, eusc-de-east-1, eusc-de-east-1.console.amazonaws-eusc.eu" })
	void consoleIsThatOfThePartition(String partition, String region, String host) {
		assertThat(Console.ami(partition, region, "ami-0123456789abcdef0")).isEqualTo(
				"https://%s/ec2/home?region=%s#ImageDetails:imageId=ami-0123456789abcdef0".formatted(host, region));
		String image = "arn:%s:imagebuilder:%s:123456789012:image/web/1.0.0/1".formatted(partition, region);
		assertThat(Console.image(image))
			.isEqualTo("https://%s/imagebuilder/home?region=%s#/images/%s".formatted(host, region, image));
	}

	@Test
	void partitionWithoutAKnownConsoleHasNoLinks() {
		assertThat(Console.ami("aws-iso", "us-iso-east-1", "ami-0123456789abcdef0")).isNull();
		assertThat(Console.image("arn:aws-iso:imagebuilder:us-iso-east-1:123456789012:image/web/1.0.0/1")).isNull();
	}

	@Test
	void textThatIsNoAmiHasNoLink() {
		assertThat(Console.ami("aws", "eu-west-1", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1")).isNull();
		assertThat(Console.ami("aws", "eu-west-1", "ami-1\"><script>")).doesNotContain("\"", "<");
	}

}
