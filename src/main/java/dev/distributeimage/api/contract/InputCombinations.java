package dev.distributeimage.api.contract;

import java.util.ArrayList;
import java.util.List;

import dev.distributeimage.api.problem.Violation;
import tools.jackson.databind.JsonNode;

/** Which inputs of a request exclude or require each other. */
final class InputCombinations {

	private static final List<String> IMAGES = List.of("imageRecipeArn", "containerRecipeArn", "sourceImage");

	private static final List<String> OF_A_BUILD = List.of("imageRecipeArn", "containerRecipeArn",
			"infrastructureConfigurationArn", "workflows", "imageTestsConfiguration", "enhancedImageMetadataEnabled",
			"imageScanningConfiguration");

	private static final List<String> OF_A_NEW_CONFIGURATION = List.of("distributionName", "distributions",
			"distributionDescription", "distributionTags");

	private final JsonNode request;

	private final List<Violation> violations = new ArrayList<>();

	private InputCombinations(JsonNode request) {
		this.request = request;
	}

	/** The violations in a request, some of whose parts may be malformed. */
	static List<Violation> violations(JsonNode request) {
		InputCombinations combinations = new InputCombinations(request);
		if (request.isObject()) {
			combinations.image();
			combinations.build();
			combinations.configuration();
			combinations.executionRole();
		}
		return combinations.violations;
	}

	private void image() {
		List<String> given = given(IMAGES);
		if (given.isEmpty()) {
			violated("imageRecipeArn",
					"This member is required, unless containerRecipeArn or sourceImage takes its place.");
		}
		if (given.size() > 1 && !given.contains("sourceImage")) {
			given.forEach((name) -> violated(name, "Only one of imageRecipeArn and containerRecipeArn may be given."));
		}
	}

	private void build() {
		if (this.request.has("sourceImage")) {
			exclude("sourceImage", OF_A_BUILD, "The image is either built, or given as sourceImage.");
			return;
		}
		if (!this.request.has("infrastructureConfigurationArn")) {
			violated("infrastructureConfigurationArn",
					"This member is required, unless the image is a sourceImage, which needs no build.");
		}
		if (this.request.has("region")) {
			violated("region", "This member goes with sourceImage only. The Region of a build is that of its recipe.");
		}
	}

	private void configuration() {
		if (this.request.has("distributionConfigurationArn")) {
			exclude("distributionConfigurationArn", OF_A_NEW_CONFIGURATION,
					"The configuration is either created, or given as distributionConfigurationArn.");
			return;
		}
		for (String name : List.of("distributionName", "distributions")) {
			if (!this.request.has(name)) {
				violated(name, "This member is required, unless distributionConfigurationArn takes its place.");
			}
		}
	}

	private void executionRole() {
		for (String name : List.of("sourceImage", "workflows")) {
			if (this.request.has(name) && !this.request.has("executionRole")) {
				violated("executionRole", "This member is required with %s.".formatted(name));
				return;
			}
		}
	}

	/** One violation at each of the members that exclude each other. */
	private void exclude(String one, List<String> others, String reason) {
		List<String> given = given(others);
		if (!given.isEmpty()) {
			violated(one, "%s Remove this member, or: %s.".formatted(reason, String.join(", ", given)));
			given.forEach((name) -> violated(name, "%s Remove this member, or %s.".formatted(reason, one)));
		}
	}

	private List<String> given(List<String> names) {
		return names.stream().filter(this.request::has).toList();
	}

	private void violated(String name, String detail) {
		this.violations.add(Violation.at("/" + name, detail));
	}

}
