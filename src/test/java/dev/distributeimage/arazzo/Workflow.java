package dev.distributeimage.arazzo;

import java.util.List;

import tools.jackson.databind.JsonNode;

/** A workflow of an Arazzo document, with the only API that it calls. */
public record Workflow(JsonNode document, String workflowId, OpenApi api) {

	private static final String FAILURE_ACTION = "$components.failureActions.";

	/** Reads a workflow from the class path, and the API that it refers to. */
	public static Workflow read(String resource, String workflowId) {
		JsonNode document = Yaml.read(resource);
		String api = document.required("sourceDescriptions").required(0).required("url").stringValue();
		String folder = resource.substring(0, resource.lastIndexOf('/') + 1);
		return new Workflow(document, workflowId, OpenApi.read(folder + api));
	}

	private JsonNode node() {
		return this.document.required("workflows")
			.valueStream()
			.filter((workflow) -> workflow.required("workflowId").stringValue().equals(this.workflowId))
			.findFirst()
			.orElseThrow();
	}

	/** The JSON Schema of the inputs. */
	public JsonNode inputs() {
		return node().required("inputs");
	}

	/** The patterns of inputs that are generated if they are not given. */
	public JsonNode generated() {
		return node().required("x-generated");
	}

	/** The outputs' expressions by name. */
	public JsonNode outputs() {
		return node().required("outputs");
	}

	public List<Step> steps() {
		return node().required("steps")
			.valueStream()
			.map((step) -> new Step(step, actions(step.path("onSuccess")), actions(step.path("onFailure"))))
			.toList();
	}

	public Step step(String stepId) {
		return steps().stream().filter((step) -> step.stepId().equals(stepId)).findFirst().orElseThrow();
	}

	private List<Action> actions(JsonNode actions) {
		return actions.valueStream().map((action) -> new Action(inFull(action))).toList();
	}

	private JsonNode inFull(JsonNode action) {
		String reference = action.path("reference").asString("");
		if (reference.isEmpty()) {
			return action;
		}
		if (!reference.startsWith(FAILURE_ACTION)) {
			throw new IllegalArgumentException("Not understood: " + reference);
		}
		return this.document.required("components")
			.required("failureActions")
			.required(reference.substring(FAILURE_ACTION.length()));
	}

}
