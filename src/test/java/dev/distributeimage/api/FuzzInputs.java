package dev.distributeimage.api;

import java.util.List;
import java.util.Random;

import dev.distributeimage.api.contract.OpenApi;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Leaves in a random request only inputs that go together: the contract says in words
 * which these are.
 */
final class FuzzInputs {

	private static final List<String> OF_A_BUILD = List.of("imageRecipeArn", "containerRecipeArn",
			"infrastructureConfigurationArn", "workflows", "imageTestsConfiguration", "enhancedImageMetadataEnabled",
			"imageScanningConfiguration");

	private static final List<String> OF_A_NEW_CONFIGURATION = List.of("distributionName", "distributions",
			"distributionDescription", "distributionTags");

	private final Random random;

	private final SchemaInstances instances;

	FuzzInputs(Random random, SchemaInstances instances) {
		this.random = random;
		this.instances = instances;
	}

	void choose(ObjectNode start) {
		boolean built = oneOf(4) != 0;
		if (built) {
			start.remove(List.of("sourceImage", "region"));
			start.remove((oneOf(4) == 0) ? "imageRecipeArn" : "containerRecipeArn");
			require(start, start.has("containerRecipeArn") ? "ContainerRecipeArn" : "ImageRecipeArn");
			require(start, "InfrastructureConfigurationArn");
		}
		else {
			start.remove(OF_A_BUILD);
			start.put("sourceImage", "ami-0123456789abcdef0").put("region", "eu-west-1");
		}
		if (!built || start.has("workflows")) {
			start.put("executionRole", "arn:aws:iam::123456789012:role/builder");
		}
		if (oneOf(4) == 0) {
			start.remove(OF_A_NEW_CONFIGURATION);
			require(start, "DistributionConfigurationArn");
		}
		else {
			start.remove("distributionConfigurationArn");
			require(start, "distributionName", "ResourceName");
			require(start, "distributions", "DistributionList");
		}
		onlyTests(start.path("workflows"));
		leaveRoom(start.path("imageTags"));
	}

	private void require(ObjectNode start, String schema) {
		require(start, Character.toLowerCase(schema.charAt(0)) + schema.substring(1), schema);
	}

	private void require(ObjectNode start, String name, String schema) {
		if (!start.has(name)) {
			start.set(name, this.instances.of(OpenApi.reference(schema)));
		}
	}

	/** An image may have only one workflow to build, and one to distribute. */
	private static void onlyTests(JsonNode workflows) {
		workflows.forEach((workflow) -> ((ObjectNode) workflow).put("workflowArn",
				workflow.path("workflowArn")
					.asString()
					.replaceFirst("^arn:[^:]+:", "arn:aws:")
					.replaceFirst(":workflow/[a-z]+/", ":workflow/test/")));
	}

	private static void leaveRoom(JsonNode tags) {
		if (tags instanceof ObjectNode map && map.size() == 50) {
			map.remove(map.propertyNames().iterator().next());
		}
	}

	private int oneOf(int choices) {
		return this.random.nextInt(choices);
	}

}
