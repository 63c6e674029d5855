package dev.distributeimage.run;

import java.util.List;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;

/** Outputs that an entry of the distributions may have, by the names of its members. */
public final class DistributionOutputs {

	/** The only output of a container recipe. */
	public static final String CONTAINER = "containerDistributionConfiguration";

	/** Outputs of an image recipe or a source image. */
	private static final List<String> OF_AMIS = List.of("amiDistributionConfiguration", "fastLaunchConfigurations",
			"launchTemplateConfigurations", "licenseConfigurationArns", "s3ExportConfiguration",
			"ssmParameterConfigurations");

	/** All outputs, in alphabetical order. */
	public static final List<String> ALL = Stream.concat(Stream.of(CONTAINER), OF_AMIS.stream()).sorted().toList();

	private DistributionOutputs() {
	}

	/** Whether an entry has any output. */
	public static boolean hasAny(JsonNode entry) {
		return ALL.stream().anyMatch((name) -> has(entry, name));
	}

	/** Whether an entry has an output that is made of an AMI. */
	public static boolean hasAnyOfAmis(JsonNode entry) {
		return OF_AMIS.stream().anyMatch((name) -> has(entry, name));
	}

	// An empty list is none.
	private static boolean has(JsonNode entry, String name) {
		JsonNode output = entry.path(name);
		return !output.isMissingNode() && !(output.isArray() && output.isEmpty());
	}

}
