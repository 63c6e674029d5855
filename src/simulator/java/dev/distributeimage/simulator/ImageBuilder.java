package dev.distributeimage.simulator;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

import dev.distributeimage.simulator.RecordedRequest.Outcome;
import dev.distributeimage.simulator.shape.ServiceModel;
import tools.jackson.databind.node.ObjectNode;

/**
 * Image Builder without the wire: validates a call, then replays it or carries it out.
 * Calls run one at a time.
 */
final class ImageBuilder {

	/** The answer to a call and its outcome. */
	record Result(ObjectNode answer, Outcome outcome) {
	}

	private final ServiceModel model;

	private final Images images = new Images();

	private final DistributionConfigurations configurations = new DistributionConfigurations();

	private final Endings endings = new Endings();

	private final ClientTokens tokens;

	private final Supplier<SimulatorSettings> settings;

	private final CreateDistributionConfiguration createDistributionConfiguration;

	private final Map<Operation, Action> actions = new EnumMap<>(Operation.class);

	ImageBuilder(ServiceModel model, Supplier<SimulatorSettings> settings) {
		this.model = model;
		this.settings = settings;
		this.tokens = new ClientTokens(settings);
		this.createDistributionConfiguration = new CreateDistributionConfiguration(this.configurations, settings);
		this.actions.put(Operation.CREATE_DISTRIBUTION_CONFIGURATION, this.createDistributionConfiguration);
		this.actions.put(Operation.GET_DISTRIBUTION_CONFIGURATION, this::getDistributionConfiguration);
		this.actions.put(Operation.DELETE_DISTRIBUTION_CONFIGURATION, this::deleteDistributionConfiguration);
		ImageStarts starts = new ImageStarts(this.images, this.endings, settings);
		this.actions.put(Operation.CREATE_IMAGE, new CreateImage(starts, this.configurations, settings));
		this.actions.put(Operation.DISTRIBUTE_IMAGE, new DistributeImage(starts, this.images, this.configurations));
		this.actions.put(Operation.GET_IMAGE, new GetImage(this.images));
		this.actions.put(Operation.CANCEL_IMAGE_CREATION, new CancelImageCreation(this.images));
		this.actions.put(Operation.RETRY_IMAGE, new RetryImage(this.images));
		this.actions.put(Operation.LIST_IMAGE_BUILD_VERSIONS, new ListImageBuildVersions(this.images));
		this.actions.put(Operation.LIST_WORKFLOW_EXECUTIONS, new ListWorkflowExecutions(this.images));
	}

	synchronized Result carryOut(Call call) {
		check(call);
		Optional<ObjectNode> replay = this.tokens.replay(call);
		if (replay.isPresent()) {
			return new Result(replay.get(), Outcome.REPLAYED);
		}
		ObjectNode answer = Objects.requireNonNull(this.actions.get(call.operation())).carryOut(call);
		if (this.model.operation(call.operation().wireName()).answersWith("requestId")) {
			answer.put("requestId", call.requestId());
		}
		this.tokens.remember(call, answer);
		return new Result(answer, Outcome.COMMITTED);
	}

	Images images() {
		return this.images;
	}

	DistributionConfigurations configurations() {
		return this.configurations;
	}

	Endings endings() {
		return this.endings;
	}

	void forgetTokens() {
		this.tokens.forget();
	}

	synchronized void forget() {
		this.images.forget();
		this.configurations.forget();
		this.endings.forget();
		this.tokens.forget();
	}

	private void check(Call call) {
		this.model.operation(call.operation().wireName())
			.check(call.parameters())
			.stream()
			.findFirst()
			.ifPresent((violation) -> {
				throw ApiException.invalidParameterValue(violation);
			});
		RegionRule.check(call);
		if (this.settings.get().nameBeforeToken() && call.operation() == Operation.CREATE_DISTRIBUTION_CONFIGURATION) {
			this.createDistributionConfiguration.checkName(call);
		}
	}

	private ObjectNode getDistributionConfiguration(Call call) {
		ObjectNode answer = Json.object();
		answer.set("distributionConfiguration",
				this.configurations.get(call.parameter("distributionConfigurationArn")));
		return answer;
	}

	private ObjectNode deleteDistributionConfiguration(Call call) {
		String arn = call.parameter("distributionConfigurationArn");
		this.configurations.get(arn);
		this.configurations.remove(arn);
		return Json.object().put("distributionConfigurationArn", arn);
	}

}
