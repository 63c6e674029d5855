package dev.distributeimage.simulator;

import java.util.Collection;
import java.util.function.Function;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The simulator's own objects as JSON. */
final class ControlView {

	private ControlView() {
	}

	static <T> ObjectNode list(String name, Collection<T> items, Function<T, ? extends JsonNode> view) {
		ObjectNode document = Json.object();
		ArrayNode list = document.putArray(name);
		items.forEach((item) -> list.add(view.apply(item)));
		return document;
	}

	static ObjectNode request(RecordedRequest request) {
		Operation operation = request.operation();
		ObjectNode view = Json.object()
			.put("number", request.number())
			.put("at", request.at().toString())
			.put("operation", (operation != null) ? operation.wireName() : null)
			.put("region", request.region())
			.put("method", request.method())
			.put("path", request.path())
			.put("query", request.query());
		ObjectNode headers = view.putObject("headers");
		request.headers().forEach((name, values) -> headers.put(name, String.join(", ", values)));
		view.set("parameters", request.parameters().isMissingNode() ? null : request.parameters());
		return view.put("status", request.status())
			.put("code", request.code())
			.put("outcome", request.outcome().name());
	}

	static ObjectNode image(SimulatedImage image) {
		return Json.object()
			.put("arn", image.arn())
			.put("region", image.region())
			.put("status", image.status())
			.put("gone", image.isGone())
			.put("ended", image.hasEnded())
			.put("recipeArn", image.recipeArn())
			.put("distributionConfigurationArn", image.distributionConfigurationArn())
			.put("clientToken", image.clientToken())
			.put("created", image.created().toString());
	}

	static ObjectNode session(AssumedSession session) {
		ObjectNode view = Json.object()
			.put("number", session.number())
			.put("at", session.at().toString())
			.put("region", session.region())
			.put("roleArn", session.roleArn())
			.put("name", session.name())
			.put("externalId", session.externalId())
			.put("policy", session.policy())
			.put("seconds", session.seconds());
		ObjectNode tags = view.putObject("tags");
		session.tags().forEach(tags::put);
		return view;
	}

	static ObjectNode fault(FaultRule rule) {
		return Json.object()
			.put("id", rule.id())
			.put("fault", rule.fault().toString())
			.put("hits", rule.hits())
			.put("spent", rule.isSpent());
	}

	static ObjectNode counts(Simulator simulator) {
		ObjectNode counts = Json.object()
			.put("builds", simulator.builds())
			.put("distributionConfigurations", simulator.distributionConfigurations());
		ObjectNode requests = counts.putObject("requests");
		for (Operation operation : Operation.values()) {
			requests.put(operation.wireName(), simulator.count(operation));
		}
		return counts;
	}

}
