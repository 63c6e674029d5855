package dev.distributeimage.imagebuilder;

import java.util.List;
import java.util.UUID;

import dev.distributeimage.aws.Place;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.RunOptions;
import dev.distributeimage.run.WorkflowId;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Request for the image of a run, which is built or made from its source image.
 *
 * @param place the run's account and Region, to which all that is created must belong
 */
public record NewImage(UUID run, Place place, RunInput input, String distributionConfigurationArn, String clientToken) {

	private static final List<String> OF_A_BUILD = List.of("containerRecipeArn", "executionRole", "workflows",
			"imageTestsConfiguration", "enhancedImageMetadataEnabled", "imageScanningConfiguration",
			"loggingConfiguration");

	private static final List<String> OF_A_DISTRIBUTION = List.of("sourceImage", "executionRole",
			"loggingConfiguration");

	/** The parameters of CreateImage or DistributeImage. */
	JsonNode parameters() {
		ObjectNode parameters = JsonNodeFactory.instance.objectNode();
		set(parameters, "imageRecipeArn", this.input.imageRecipeArn());
		set(parameters, "infrastructureConfigurationArn", this.input.infrastructureConfigurationArn());
		JsonNode options = this.input.options().json();
		for (String name : isBuilt() ? OF_A_BUILD : OF_A_DISTRIBUTION) {
			if (options.has(name)) {
				parameters.set(name, options.path(name));
			}
		}
		ObjectNode tags = tags();
		if (!tags.isEmpty()) {
			parameters.set("tags", tags);
		}
		return parameters.put("distributionConfigurationArn", this.distributionConfigurationArn)
			.put("clientToken", this.clientToken);
	}

	private ObjectNode tags() {
		ObjectNode tags = JsonNodeFactory.instance.objectNode();
		this.input.options()
			.json()
			.path("imageTags")
			.properties()
			.forEach((tag) -> tags.set(tag.getKey(), tag.getValue()));
		return isTagged() ? tags.put(RunOptions.RUN_TAG, this.run.toString()) : tags;
	}

	/** Whether the image is built, rather than made from a source image. */
	boolean isBuilt() {
		return this.input.workflow() == WorkflowId.DISTRIBUTE_IMAGE;
	}

	/**
	 * Whether the image carries the run's tag: other images use the same distribution
	 * configuration.
	 */
	boolean isTagged() {
		return this.input.options().distributionConfigurationArn() != null;
	}

	private static void set(ObjectNode parameters, String name, @Nullable String value) {
		if (value != null) {
			parameters.put(name, value);
		}
	}

}
