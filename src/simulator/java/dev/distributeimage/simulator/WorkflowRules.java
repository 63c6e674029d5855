package dev.distributeimage.simulator;

import java.util.Map;

import tools.jackson.databind.JsonNode;

/** Rules for the workflows of an image that are not in the model. */
final class WorkflowRules {

	private static final int MOST_WORKFLOWS = 10;

	/** The kinds of which an image may have only one. Any number of workflows may test. */
	private static final Map<String, String> SINGLE = Map.of(":workflow/build/", "build", ":workflow/distribution/",
			"distribution");

	private WorkflowRules() {
	}

	static void check(Call call) {
		JsonNode workflows = call.parameters().path("workflows");
		if (workflows.size() > MOST_WORKFLOWS) {
			throw ApiException.invalidParameterValue("workflows", "At most 10 are allowed.");
		}
		if (!workflows.isEmpty() && call.parameter("executionRole").isEmpty()) {
			throw ApiException.invalidParameterValue("executionRole", "It is required when workflows are given.");
		}
		SINGLE.forEach((part, kind) -> {
			if (workflows.valueStream().filter((workflow) -> isOf(workflow, part)).count() > 1) {
				throw ApiException.invalidParameterValue("workflows",
						"Only one %s workflow is allowed.".formatted(kind));
			}
		});
	}

	private static boolean isOf(JsonNode workflow, String part) {
		return workflow.path("workflowArn").asString("").contains(part);
	}

}
