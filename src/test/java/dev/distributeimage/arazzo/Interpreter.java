package dev.distributeimage.arazzo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.distributeimage.arazzo.OpenApi.Operation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Interprets a workflow as Arazzo 1.0.1 specifies, and as the document specifies where
 * Arazzo is silent. It names the next call and is given the answer.
 */
public final class Interpreter {

	private static final Response NO_RESPONSE = new Response(null, Map.of(), MissingNode.getInstance());

	/** The maximum {@code Retry-After} that is obeyed. */
	private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(15);

	private final Workflow workflow;

	private final JsonNode inputs;

	private final List<Step> steps;

	private final Map<String, JsonNode> outputs = new LinkedHashMap<>();

	private final Map<String, Integer> tries = new HashMap<>();

	private final List<String> actions = new ArrayList<>();

	private int current;

	private int failures;

	private Pause pause = Pause.NONE;

	private @Nullable Action end;

	public Interpreter(Workflow workflow, JsonNode inputs) {
		this.workflow = workflow;
		this.inputs = inputs;
		this.steps = workflow.steps();
	}

	/** The current step, or the step at which the workflow ended. */
	public Step step() {
		return this.steps.get(this.current);
	}

	/** The operation to call next. */
	public Operation operation() {
		return this.workflow.api().operation(step().operationId());
	}

	/** The request to send next. */
	public Request nextRequest() {
		Context context = context(NO_RESPONSE);
		JsonNode body = step().node().path("requestBody");
		return new Request(operation().method(), operation().path(), query(context),
				body.path("contentType").asString(""), context.resolved(body.path("payload")));
	}

	/** The time of that request, measured from the last call. */
	public Pause pause() {
		return this.pause;
	}

	/** Reports the answer to the call. */
	public void answered(Response response) {
		if (isAtEnd()) {
			throw new IllegalStateException("The workflow has ended");
		}
		Context context = context(response);
		if (response.isOk()) {
			this.outputs.put(step().stepId(), step().outputs(context));
		}
		if (step().hasSucceeded(context)) {
			succeeded(context);
		}
		else {
			failed(context);
		}
	}

	private void succeeded(Context context) {
		Optional<Action> action = step().onSuccess().stream().filter((each) -> each.isMeantFor(context)).findFirst();
		if (action.isPresent()) {
			ended(action.get());
			return;
		}
		this.current++;
		this.failures = 0;
		this.tries.clear();
		this.pause = Pause.NONE;
	}

	private void failed(Context context) {
		Action action = action(context)
			.or(() -> context.response().isOk() ? action(context(NO_RESPONSE)) : Optional.empty())
			.orElseThrow(() -> new IllegalStateException("No action for " + context.response()));
		if (!action.isRetry()) {
			ended(action);
			return;
		}
		this.failures++;
		this.actions.add(action.name());
		if (isOfAws(context.response())) {
			this.tries.keySet().retainAll(List.of(action.name()));
		}
		this.tries.merge(action.name(), 1, Integer::sum);
		this.pause = action.pause(this.failures).atLeast(retryAfter(context.response()));
	}

	private Optional<Action> action(Context context) {
		return step().onFailure().stream().filter((each) -> each.isMeantFor(context) && !isExhausted(each)).findFirst();
	}

	private void ended(Action action) {
		if (!action.isEnd()) {
			throw new IllegalArgumentException("Not understood: " + action);
		}
		this.actions.add(action.name());
		this.end = action;
	}

	private boolean isExhausted(Action action) {
		return action.isRetry() && this.tries.getOrDefault(action.name(), 0) >= action.retryLimit();
	}

	private static boolean isOfAws(Response response) {
		return response.isOk() || response.header("x-amzn-errortype").isPresent();
	}

	private static Duration retryAfter(Response response) {
		Duration asked = response.header("retry-after")
			.map((seconds) -> Duration.ofSeconds(Long.parseLong(seconds)))
			.orElse(Duration.ZERO);
		return (asked.compareTo(MAX_RETRY_AFTER) < 0) ? asked : MAX_RETRY_AFTER;
	}

	private Map<String, String> query(Context context) {
		Map<String, String> query = new LinkedHashMap<>();
		for (JsonNode parameter : step().node().path("parameters")) {
			String name = parameter.required("name").stringValue();
			String in = parameter.required("in").stringValue();
			if (!in.equals("query") || !operation().hasParameter(name, in)) {
				throw new IllegalArgumentException("Not understood: " + parameter);
			}
			query.put(name, context.resolved(parameter.required("value")).stringValue());
		}
		return query;
	}

	private Context context(Response response) {
		return new Context(this.inputs, this.outputs, response);
	}

	public boolean isAtEnd() {
		return this.end != null;
	}

	/** The final status of the run. */
	public String runStatus() {
		return requireEnd().runStatus();
	}

	private Action requireEnd() {
		if (this.end == null) {
			throw new IllegalStateException("The workflow goes on at " + step().stepId());
		}
		return this.end;
	}

	/** The names of the actions taken. */
	public List<String> actions() {
		return this.actions;
	}

	/** Returns an output of a step; missing if there is none yet. */
	public JsonNode output(String stepId, String name) {
		return this.outputs.getOrDefault(stepId, MissingNode.getInstance()).path(name);
	}

	/** Returns the current outputs of the workflow. */
	public JsonNode outputs() {
		ObjectNode values = JsonMapper.shared().createObjectNode();
		this.workflow.outputs().properties().forEach((output) -> {
			JsonNode value = context(NO_RESPONSE).value(output.getValue().stringValue());
			values.set(output.getKey(), value.isMissingNode() ? null : value);
		});
		if (this.end != null && !this.end.finalStatus().isMissingNode()) {
			values.set("finalStatus", this.end.finalStatus());
		}
		return values;
	}

}
