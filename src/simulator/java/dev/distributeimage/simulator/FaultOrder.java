package dev.distributeimage.simulator;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A fault ordered through the control paths. */
record FaultOrder(JsonNode order) {

	FaultRule placeWith(Faults faults) {
		FaultScope scope = faults.scope(operation(), times());
		if (this.order.has("region")) {
			scope = scope.inRegion(text(this.order, "region"));
		}
		if (this.order.has("mentioning")) {
			scope = scope.mentioning(text(this.order, "mentioning"));
		}
		if (this.order.has("probability")) {
			scope = scope.withProbability(this.order.required("probability").asDouble(),
					this.order.path("seed").asLong(0));
		}
		return scope.meet(fault(this.order.required("fault")));
	}

	private @Nullable Operation operation() {
		if (!this.order.has("operation")) {
			return null;
		}
		return Operation.named(text(this.order, "operation"))
			.orElseThrow(() -> new IllegalArgumentException("Unknown operation"));
	}

	private int times() {
		JsonNode times = this.order.path("times");
		return times.asString("").equals("always") ? Faults.ALWAYS : times.asInt(1);
	}

	private static Fault fault(JsonNode order) {
		Fault fault = kind(order);
		for (Map.Entry<String, JsonNode> header : order.path("headers").properties()) {
			fault = fault.header(header.getKey(), header.getValue().asString());
		}
		if (order.has("wait")) {
			fault = fault.waiting(Durations.parse(text(order, "wait")));
		}
		if (!order.has("afterCommit")) {
			return fault;
		}
		return order.required("afterCommit").asBoolean() ? fault.afterCommit() : fault.beforeCommit();
	}

	private static Fault kind(JsonNode order) {
		return switch (text(order, "kind")) {
			case "error" ->
				Fault.error(status(order), text(order, "code"), order.path("message").asString("Simulated."));
			case "answer" -> Fault.answer(status(order), order.path("contentType").asString("text/plain"),
					order.path("body").asString(""));
			case "html" -> Fault.html(status(order));
			case "redirect" -> Fault.redirect(status(order), text(order, "location"));
			case "hang" -> Fault.hang();
			case "black-hole" -> Fault.blackHole();
			case "reset" -> Fault.reset();
			case "truncated" -> Fault.truncated();
			case "empty" -> Fault.empty();
			case "not-json" -> Fault.notJson();
			case "body" -> Fault.body(text(order, "body"));
			case "megabytes" -> Fault.megabytes(order.required("size").asInt());
			case "without" -> Fault.without(text(order, "member"));
			case "with" -> Fault.with(text(order, "member"), text(order, "value"));
			default -> throw new IllegalArgumentException("Unknown kind of fault");
		};
	}

	private static int status(JsonNode order) {
		return order.required("status").asInt();
	}

	private static String text(JsonNode order, String member) {
		return order.required(member).asString();
	}

}
