package dev.distributeimage.arazzo;

import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A step that calls an operation. Its actions are resolved, not references. */
public record Step(JsonNode node, List<Action> onSuccess, List<Action> onFailure) {

	public String stepId() {
		return this.node.required("stepId").stringValue();
	}

	public String operationId() {
		return this.node.required("operationId").stringValue();
	}

	public Action onFailure(String name) {
		return this.onFailure.stream().filter((action) -> action.name().equals(name)).findFirst().orElseThrow();
	}

	boolean hasSucceeded(Context context) {
		return Criterion.allHold(this.node.path("successCriteria"), context);
	}

	JsonNode outputs(Context context) {
		ObjectNode outputs = JsonMapper.shared().createObjectNode();
		for (String kind : List.of("outputs", "x-outputs")) {
			this.node.path(kind)
				.properties()
				.forEach((output) -> outputs.set(output.getKey(), context.value(output.getValue().stringValue())));
		}
		return outputs;
	}

}
