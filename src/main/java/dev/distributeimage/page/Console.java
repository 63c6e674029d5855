package dev.distributeimage.page;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

import dev.distributeimage.aws.Arn;
import dev.distributeimage.run.view.RunSnapshot;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.UriUtils;

/**
 * Addresses in the AWS console of a partition. Regions and names come from ARNs that were
 * checked; whatever they are, they are encoded.
 */
final class Console {

	private static final Map<String, String> HOSTS = Map.of("aws", "console.aws.amazon.com", "aws-cn",
			"console.amazonaws.cn", "aws-us-gov", "console.amazonaws-us-gov.com", "aws-eusc",
			"console.amazonaws-eusc.eu");

	private Console() {
	}

	/** The page of an image. */
	static @Nullable String image(@Nullable String imageArn) {
		if (imageArn == null) {
			return null;
		}
		Arn arn = Arn.parse(imageArn);
		return home(arn.partition(), arn.region(), "imagebuilder")
			.map((home) -> home + "#/images/" + UriUtils.encodePath(imageArn, StandardCharsets.UTF_8))
			.orElse(null);
	}

	/** The page of an AMI. */
	static @Nullable String ami(String partition, String region, @Nullable String ami) {
		if (ami == null || !ami.startsWith("ami-")) {
			return null;
		}
		return home(partition, region, "ec2").map((home) -> home + "#ImageDetails:imageId=" + encoded(ami))
			.orElse(null);
	}

	/**
	 * The log stream of a build: version and build number, in the log group that the run
	 * asked for, or the one of the image's name.
	 */
	static @Nullable String buildLog(RunSnapshot run) {
		String imageArn = run.outputs().imageBuildVersionArn();
		return (imageArn != null) ? buildLog(Arn.parse(imageArn), ownGroup(run)) : null;
	}

	private static @Nullable String buildLog(Arn image, @Nullable String ownGroup) {
		String[] parts = image.resource().split("/", -1);
		if (parts.length != 4) {
			return null;
		}
		String group = (ownGroup != null) ? ownGroup : "/aws/imagebuilder/" + parts[1];
		return home(image.partition(), image.region(), "cloudwatch")
			.map((home) -> "%s#logsV2:log-groups/log-group/%s/log-events/%s".formatted(home, twice(group),
					twice(parts[2] + "/" + parts[3])))
			.orElse(null);
	}

	private static @Nullable String ownGroup(RunSnapshot run) {
		return (run.options().get("loggingConfiguration") instanceof Map<?, ?> logging
				&& logging.get("logGroupName") instanceof String group) ? group : null;
	}

	private static Optional<String> home(String partition, String region, String service) {
		return Optional.ofNullable(HOSTS.get(partition))
			.map((host) -> "https://%s.%s/%s/home?region=%1$s".formatted(encoded(region), host, service));
	}

	private static String encoded(String text) {
		return UriUtils.encode(text, StandardCharsets.UTF_8);
	}

	// CloudWatch's page encodes twice, and writes $ for the second percent sign.
	private static String twice(String text) {
		return encoded(encoded(text)).replace('%', '$');
	}

}
