package dev.distributeimage.simulator;

import java.time.DateTimeException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;

import dev.distributeimage.simulator.http.HttpAnswer;
import dev.distributeimage.simulator.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The control paths, for tests in another process. AWS has no such paths. */
final class ControlDoor {

	private static final String ROOT = "/__simulator";

	private final Simulator simulator;

	private final Faults faults;

	ControlDoor(Simulator simulator, Faults faults) {
		this.simulator = simulator;
		this.faults = faults;
	}

	static boolean leadsTo(HttpRequest request) {
		return request.path().equals(ROOT) || request.path().startsWith(ROOT + "/");
	}

	HttpAnswer answer(HttpRequest request) {
		try {
			return route(request);
		}
		catch (NoSuchElementException ex) {
			return problem(404, "Not found.");
		}
		catch (JacksonException | IllegalArgumentException | DateTimeException ex) {
			return problem(400, String.valueOf(ex.getMessage()));
		}
	}

	private HttpAnswer route(HttpRequest request) {
		return switch (request.method() + request.path().substring(ROOT.length())) {
			case "GET" -> HttpAnswer.of(200, "text/plain; charset=utf-8", Help.text());
			case "GET/counts" -> Json.answer(200, ControlView.counts(this.simulator));
			case "GET/requests" -> requests(request.query());
			case "DELETE/requests" -> done(this.simulator::forgetRequests);
			case "GET/images" ->
				Json.answer(200, ControlView.list("images", this.simulator.images(), ControlView::image));
			case "POST/images" -> image(Json.read(request.body()));
			case "POST/endings" -> done(() -> ending(Json.read(request.body())));
			case "GET/faults" -> Json.answer(200, ControlView.list("faults", this.faults.all(), ControlView::fault));
			case "POST/faults" ->
				Json.answer(201, ControlView.fault(new FaultOrder(Json.read(request.body())).placeWith(this.faults)));
			case "DELETE/faults" -> done(this.simulator::clearFaults);
			case "PATCH/settings" -> done(() -> settings(Json.read(request.body())));
			case "GET/sessions" ->
				Json.answer(200, ControlView.list("sessions", this.simulator.sts().sessions(), ControlView::session));
			case "DELETE/sessions" -> done(this.simulator.sts()::expireSessions);
			case "POST/roles" -> done(() -> role(Json.read(request.body())));
			case "DELETE/tokens" -> done(this.simulator::forgetTokens);
			case "POST/reset" -> done(this.simulator::reset);
			default -> rule(request);
		};
	}

	private HttpAnswer rule(HttpRequest request) {
		List<String> parts = List.of(request.path().split("/", -1));
		if (parts.size() < 4 || !parts.get(2).equals("faults") || !parts.get(3).matches("[0-9]{1,9}")) {
			throw new NoSuchElementException(request.path());
		}
		FaultRule rule = this.faults.find(Integer.parseInt(parts.get(3))).orElseThrow();
		String wanted = request.method() + String.join("/", parts.subList(4, parts.size()));
		return switch (wanted) {
			case "DELETE" -> done(rule::remove);
			case "POSTrelease" -> done(rule::release);
			default -> throw new NoSuchElementException(wanted);
		};
	}

	private HttpAnswer requests(@Nullable String query) {
		Predicate<RecordedRequest> wanted = (request) -> true;
		for (String filter : (query != null) ? query.split("&") : new String[0]) {
			wanted = wanted.and(filter(filter));
		}
		List<RecordedRequest> found = this.simulator.requests().stream().filter(wanted).toList();
		return Json.answer(200, ControlView.list("requests", found, ControlView::request));
	}

	private static Predicate<RecordedRequest> filter(String pair) {
		String[] parts = pair.split("=", 2);
		String value = parts[parts.length - 1];
		return switch (parts[0]) {
			case "operation" -> {
				Operation operation = Operation.named(value).orElseThrow();
				yield (request) -> request.operation() == operation;
			}
			case "status" -> {
				int status = Integer.parseInt(value);
				yield (request) -> request.status() == status;
			}
			default -> throw new NoSuchElementException(pair);
		};
	}

	private HttpAnswer image(JsonNode order) {
		SimulatedImage image = this.simulator.image(order.required("arn").asString());
		if (order.path("gone").asBoolean(false)) {
			image.disappears();
		}
		else {
			String status = order.required("status").asString();
			image.becomes(status, order.path("reason").asString(null),
					status.equals("FAILED") ? MadeAmis.NONE : MadeAmis.ALL);
		}
		return Json.answer(200, ControlView.image(image));
	}

	private void role(JsonNode order) {
		this.simulator.sts().trust(order.required("arn").asString(), order.path("externalId").asString(null));
	}

	private void ending(JsonNode order) {
		Ending ending = new EndingOrder(order).ending();
		if (order.has("recipe")) {
			this.simulator.imagesOf(order.required("recipe").asString(), ending);
			return;
		}
		this.simulator.nextImage(ending);
	}

	private void settings(JsonNode order) {
		order.properties().forEach((entry) -> this.simulator.change((now) -> switch (entry.getKey()) {
			case "pace" -> now.withPace(Durations.parse(entry.getValue().asString()));
			case "tokenLifetime" -> now.withTokenLifetime(Durations.parse(entry.getValue().asString()));
			case "nameBeforeToken" -> now.withNameBeforeToken(entry.getValue().asBoolean());
			case "concurrentBuilds" -> now.withConcurrentBuilds(entry.getValue().asInt());
			case "strictRecipes" -> now.withStrictRecipes(entry.getValue().asBoolean());
			case "unsignedRegion" -> now.withUnsignedRegion(entry.getValue().asString(null));
			default -> throw new IllegalArgumentException("Unknown setting: " + entry.getKey());
		}));
	}

	private static HttpAnswer done(Runnable action) {
		action.run();
		return Json.answer(200, Json.object().put("done", true));
	}

	private static HttpAnswer problem(int status, String message) {
		ObjectNode body = Json.object().put("message", message);
		return Json.answer(status, body);
	}

}
