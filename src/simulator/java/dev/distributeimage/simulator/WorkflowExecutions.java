package dev.distributeimage.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The workflow executions of a build, derived from its timeline: BUILD, TEST and
 * DISTRIBUTION, repeated after a retry.
 */
final class WorkflowExecutions {

	private static final Map<String, String> KINDS = Map.of("BUILDING", "BUILD", "TESTING", "TEST", "DISTRIBUTING",
			"DISTRIBUTION", "INTEGRATING", "DISTRIBUTION");

	private static final Map<String, Integer> STEPS = Map.of("BUILD", 7, "TEST", 4, "DISTRIBUTION", 3);

	private final SimulatedImage image;

	private final List<ObjectNode> executions = new ArrayList<>();

	private WorkflowExecutions(SimulatedImage image) {
		this.image = image;
	}

	static List<ObjectNode> of(SimulatedImage image, Instant now) {
		WorkflowExecutions executions = new WorkflowExecutions(image);
		String kind = "";
		for (Phase phase : image.timeline().until(now)) {
			String next = KINDS.getOrDefault(String.valueOf(phase.showing().status()), "");
			if (!next.equals(kind)) {
				executions.end(phase);
				executions.begin(next, phase.from());
			}
			kind = next;
		}
		return executions.executions;
	}

	private void begin(String kind, Instant from) {
		if (kind.isEmpty()) {
			return;
		}
		String word = kind.toLowerCase(Locale.ROOT);
		Arn workflow = Arn.of(this.image.region(), "aws", "workflow/%s/%s-image/1.0.3/1".formatted(word, word));
		boolean repeated = this.executions.stream().anyMatch((earlier) -> earlier.path("type").asString().equals(kind));
		String seed = this.image.arn() + this.executions.size();
		this.executions.add(Json.object()
			.put("workflowBuildVersionArn", workflow.toString())
			.put("workflowExecutionId", "wf-" + UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)))
			.put("type", kind)
			.put("status", "RUNNING")
			.put("totalStepCount", STEPS.get(kind))
			.put("totalStepsSucceeded", 0)
			.put("totalStepsFailed", 0)
			.put("totalStepsSkipped", 0)
			.put("startTime", Dates.text(from))
			.put("retried", repeated));
	}

	private void end(Phase next) {
		if (this.executions.isEmpty()) {
			return;
		}
		ObjectNode execution = this.executions.get(this.executions.size() - 1);
		if (execution.has("endTime")) {
			return;
		}
		execution.put("endTime", Dates.text(next.from()));
		int steps = execution.required("totalStepCount").intValue();
		switch (String.valueOf(next.showing().status())) {
			case "FAILED" -> failed(execution, steps, next.showing().reason());
			case "CANCELLED" -> execution.put("status", "CANCELLED");
			default -> execution.put("status", "COMPLETED").put("totalStepsSucceeded", steps);
		}
	}

	private static void failed(ObjectNode execution, int steps, @Nullable String reason) {
		execution.put("status", "FAILED").put("totalStepsSucceeded", steps - 1).put("totalStepsFailed", 1);
		if (reason != null) {
			execution.put("message", cut(reason));
		}
	}

	static String cut(String message) {
		return message.substring(0, Math.min(500, message.length()));
	}

}
