package dev.distributeimage.workflow;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.distributeimage.run.RunStatus;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.RecordedRequest;
import dev.distributeimage.simulator.RecordedRequest.Outcome;
import dev.distributeimage.simulator.SimulatedImage;
import dev.distributeimage.simulator.Simulator;
import org.jspecify.annotations.NullUnmarked;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * The invariants in AWS, whatever became of the runs: one build per token, nothing left
 * building for a cancelled run, and no run that contradicts its image.
 */
@NullUnmarked
final class AwsPromises {

	private static final Set<String> AVAILABLE_ONCE = Set.of("AVAILABLE", "DEPRECATED", "DISABLED");

	private static final Set<Operation> REQUESTS_FOR_IMAGES = Set.of(Operation.CREATE_IMAGE,
			Operation.DISTRIBUTE_IMAGE);

	private final Simulator simulator;

	private final List<ExpectedRun> models;

	private final Complaints complaints;

	AwsPromises(Simulator simulator, List<ExpectedRun> models, Complaints complaints) {
		this.simulator = simulator;
		this.models = models;
		this.complaints = complaints;
	}

	void check(Map<UUID, ObservedRun> runs) {
		List<SimulatedImage> images = this.simulator.images();
		List<RecordedRequest> done = this.simulator.requests()
			.stream()
			.filter((request) -> request.outcome() == Outcome.COMMITTED)
			.toList();
		Set<String> configurations = new HashSet<>();
		for (ExpectedRun model : this.models) {
			ObservedRun run = runs.get(model.id);
			List<SimulatedImage> own = images.stream().filter((image) -> model.requested(image.clientToken())).toList();
			oneBuildPerToken(model, own);
			if (model.asked.reused() == null) {
				oneConfiguration(run, done, configurations);
			}
			imagesAreOfTheRun(model, run, own, done);
			oneCancelPerRequest(model, own, done);
			endsLikeItsImage(model, run, own);
		}
	}

	private void oneBuildPerToken(ExpectedRun model, List<SimulatedImage> own) {
		long tokens = own.stream().map(SimulatedImage::clientToken).distinct().count();
		this.complaints.unless(tokens == own.size() || model.mayBuildTwice, "Run %s has %s builds of %s tokens",
				model.id, own.size(), tokens);
	}

	private void oneConfiguration(ObservedRun run, List<RecordedRequest> done, Set<String> configurations) {
		if (run.configurationArn() != null) {
			this.complaints.unless(configurations.add(run.configurationArn()), "Two runs have %s",
					run.configurationArn());
			this.complaints.unless(
					done.stream()
						.anyMatch((request) -> request.operation() == Operation.CREATE_DISTRIBUTION_CONFIGURATION
								&& !Configurations.isOther(request)
								&& run.configurationArn().endsWith("/" + request.parameter("name").orElse(""))),
					"Run %s has somebody else's configuration", run.id());
		}
	}

	// Only a run that reuses a configuration marks its images.
	private void imagesAreOfTheRun(ExpectedRun model, ObservedRun run, List<SimulatedImage> own,
			List<RecordedRequest> done) {
		this.complaints.unless(
				own.stream().allMatch((image) -> image.distributionConfigurationArn().equals(run.configurationArn())),
				"An image of run %s does not use its configuration", run.id());
		JsonNode tags = (model.asked.reused() == null) ? MissingNode.getInstance()
				: JsonMapper.shared().createObjectNode().put("distribute-image:run", run.id().toString());
		this.complaints.unless(
				done.stream()
					.filter((request) -> REQUESTS_FOR_IMAGES.contains(request.operation())
							&& model.requested(request.parameter("clientToken").orElse("")))
					.allMatch((request) -> request.parameters().path("tags").equals(tags)),
				"An image of run %s has other tags than %s", run.id(), tags);
	}

	private void oneCancelPerRequest(ExpectedRun model, List<SimulatedImage> own, List<RecordedRequest> done) {
		Set<String> arns = new HashSet<>(own.stream().map(SimulatedImage::arn).toList());
		long cancels = done.stream()
			.filter((request) -> request.operation() == Operation.CANCEL_IMAGE_CREATION
					&& arns.contains(request.parameter("imageBuildVersionArn").orElse("")))
			.count();
		this.complaints.unless(cancels <= model.cancels, "Run %s was asked to cancel %s times and did %s times",
				model.id, model.cancels, cancels);
	}

	private void endsLikeItsImage(ExpectedRun model, ObservedRun run, List<SimulatedImage> own) {
		SimulatedImage image = (run.imageArn() != null) ? this.simulator.image(run.imageArn()) : null;
		this.complaints.unless(image == null || model.mayBuildTwice || image.clientToken().equals(model.imageToken()),
				"Run %s has an image of another token: %s", run.id(), run.imageArn());
		if (run.status() == RunStatus.SUCCEEDED) {
			this.complaints.unless(image != null && AVAILABLE_ONCE.contains(String.valueOf(image.status())),
					"Run %s has succeeded and its image is %s", run.id(), (image != null) ? image.status() : null);
		}
		if (run.status() == RunStatus.CANCELLED) {
			this.complaints.unless(image == null || !"AVAILABLE".equals(image.status()),
					"Run %s is cancelled and its image available", run.id());
			this.complaints.unless(model.mayBuildTwice || own.stream().allMatch(SimulatedImage::hasEnded),
					"Run %s is cancelled and an image of it goes on building", run.id());
		}
		this.complaints.unless((run.status() != RunStatus.SUCCEEDED) || run.failure() == null,
				"Run %s has succeeded with %s", run.id(), run.failure());
	}

}
