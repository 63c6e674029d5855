package dev.distributeimage.run;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The inputs of a run besides those of the Arazzo document it began with. All are
 * optional.
 *
 * @param json an object with the members as they were sent, and no others
 */
public record RunOptions(JsonNode json) {

	/** The names of all options. */
	public static final List<String> NAMES = List.of("containerRecipeArn", "sourceImage", "region",
			"distributionConfigurationArn", "distributionDescription", "distributionTags", "executionRole", "workflows",
			"imageTestsConfiguration", "enhancedImageMetadataEnabled", "imageScanningConfiguration",
			"loggingConfiguration", "imageTags");

	/**
	 * The key among the image's tags that the service sets to the id of the run where the
	 * distribution configuration does not tell whose the image is. No caller may use it.
	 */
	public static final String RUN_TAG = "distribute-image:run";

	/** No options. */
	public static final RunOptions NONE = new RunOptions(JsonNodeFactory.instance.objectNode());

	/** Returns those members of a request that are options. */
	public static RunOptions of(JsonNode request) {
		ObjectNode options = JsonNodeFactory.instance.objectNode();
		for (String name : NAMES) {
			if (request.has(name)) {
				options.set(name, request.path(name));
			}
		}
		return options.isEmpty() ? NONE : new RunOptions(options);
	}

	/** The options as they are stored, or null if there are none. */
	public @Nullable JsonNode toStore() {
		return this.json.isEmpty() ? null : this.json;
	}

	/** The container recipe to build from. */
	public @Nullable String containerRecipeArn() {
		return text("containerRecipeArn");
	}

	/** The image to distribute without a build: an AMI, an SSM parameter or an ARN. */
	public @Nullable String sourceImage() {
		return text("sourceImage");
	}

	/** The Region of a source image that is not named by its ARN. */
	@Nullable String region() {
		return text("region");
	}

	/** The distribution configuration that is there already. */
	public @Nullable String distributionConfigurationArn() {
		return text("distributionConfigurationArn");
	}

	/** The role that Image Builder assumes: its name or its ARN. */
	@Nullable String executionRole() {
		return text("executionRole");
	}

	private @Nullable String text(String name) {
		return this.json.has(name) ? this.json.path(name).asString() : null;
	}

}
