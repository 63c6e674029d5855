package dev.distributeimage.simulator;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.distributeimage.simulator.FailedCopy.Sign;
import dev.distributeimage.simulator.Phase.Showing;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The failureContext of a failed image: the stage, and the failed step of the workflow or
 * the failed copies.
 */
final class FailureContext {

	/** AWS's limit. */
	private static final int MOST_REGION_FAILURES = 256;

	private final SimulatedImage image;

	private final Phase failed;

	private FailureContext(SimulatedImage image, Phase failed) {
		this.image = image;
		this.failed = failed;
	}

	/** Empty unless the image has failed and its ending says why. */
	static Optional<ObjectNode> of(SimulatedImage image, Phase now) {
		boolean told = now.is("FAILED") && now.showing().failure().explained();
		return told ? Optional.of(new FailureContext(image, now).document()) : Optional.empty();
	}

	private ObjectNode document() {
		ObjectNode context = Json.object();
		String stage = stage();
		if (!Ending.WAY.contains(stage)) {
			return context;
		}
		context.put("imageStatus", stage);
		switch (stage) {
			case "BUILDING" -> addStep(context, "build", "ApplyBuildComponents");
			case "TESTING" -> addStep(context, "test", "ApplyTestComponents");
			case "DISTRIBUTING", "INTEGRATING" -> context.set("distributionFailure", distribution(stage));
			default -> {
				// Nothing has run yet.
			}
		}
		return context;
	}

	/** The status before the failure; empty if there was none. */
	private String stage() {
		List<Phase> past = this.image.timeline().until(this.failed.from());
		return (past.size() > 1) ? String.valueOf(past.get(past.size() - 2).showing().status()) : "";
	}

	private void addStep(ObjectNode context, String phase, String step) {
		List<ObjectNode> executions = WorkflowExecutions.of(this.image, this.failed.from());
		ObjectNode execution = executions.get(executions.size() - 1);
		String id = execution.required("workflowExecutionId").stringValue();
		context.put("workflowExecutionId", id)
			.put("workflowArn", execution.required("workflowBuildVersionArn").stringValue())
			.put("stepExecutionId", "step-" + UUID.nameUUIDFromBytes((id + step).getBytes(StandardCharsets.UTF_8)))
			.put("failedStep", step);
		context.putObject("componentFailure")
			.put("componentArn", Arn.of(this.image.region(), "aws", "component/simulated/1.0.0/1").toString())
			.put("phaseName", phase)
			.put("stepName", "Simulated")
			.put("action", "ExecuteBash")
			.put("errorMessage", message());
	}

	private ObjectNode distribution(String stage) {
		ObjectNode failure = Json.object().put("errorMessage", message());
		List<FailedCopy> copies = regionFailures();
		ArrayNode list = copies.isEmpty() ? Json.object().arrayNode() : failure.putArray("regionFailures");
		for (FailedCopy copy : copies) {
			ObjectNode entry = list.addObject().put("region", copy.region()).put("status", "FAILED");
			if (stage.equals("INTEGRATING")) {
				entry.put("imageConfigurationStep", "UPDATE_LAUNCH_TEMPLATES");
			}
			entry.put("errorMessage", copy.reason());
			if (copy.account() != null) {
				entry.put("targetAccountId", copy.account());
			}
		}
		return failure;
	}

	/** The copies that are told of here; if none is known, the Regions without AMIs. */
	private List<FailedCopy> regionFailures() {
		Showing showing = this.failed.showing();
		Build build = this.image.build();
		List<FailedCopy> known = OutputResources.failedCopies(build, showing);
		if (!known.isEmpty()) {
			return known.stream()
				.filter((copy) -> copy.shows(Sign.REGION_FAILURE))
				.limit(MOST_REGION_FAILURES)
				.toList();
		}
		List<String> regions = OutputResources.regions(build);
		List<String> made = showing.amis().among(regions);
		return regions.stream()
			.filter((region) -> !made.contains(region))
			.map((region) -> FailedCopy.in(region, message()))
			.limit(MOST_REGION_FAILURES)
			.toList();
	}

	private String message() {
		String reason = this.failed.showing().reason();
		return (reason != null) ? reason : "Simulated.";
	}

}
