package dev.distributeimage.simulator;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

import dev.distributeimage.simulator.RecordedRequest.Outcome;
import dev.distributeimage.simulator.shape.ServiceModel;
import org.jspecify.annotations.Nullable;
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

	private final Resources resources;

	private final Endings endings = new Endings();

	private final ClientTokens tokens;

	private final Supplier<SimulatorSettings> settings;

	private final Map<Operation, ResourceActions> creating = new EnumMap<>(Operation.class);

	private final Map<Operation, Action> actions = new EnumMap<>(Operation.class);

	ImageBuilder(ServiceModel model, Supplier<SimulatorSettings> settings) {
		this.model = model;
		this.settings = settings;
		this.tokens = new ClientTokens(settings);
		this.resources = new Resources(model);
		addResourceActions();
		addImageActions();
	}

	private void addResourceActions() {
		for (Kind kind : Kind.values()) {
			ResourceActions actions = new ResourceActions(kind, this.resources, this.model, this.settings);
			this.actions.putAll(actions.all());
			this.creating.put(kind.operation("Create").orElseThrow(), actions);
		}
		Tags tags = new Tags(this.images, this.resources);
		this.actions.put(Operation.LIST_TAGS_FOR_RESOURCE, tags::list);
		this.actions.put(Operation.TAG_RESOURCE, tags::add);
		this.actions.put(Operation.UNTAG_RESOURCE, tags::remove);
	}

	private void addImageActions() {
		ImageStarts starts = new ImageStarts(this.images, this.endings, this.settings);
		this.actions.put(Operation.CREATE_IMAGE, new CreateImage(starts, this.resources, this.settings));
		this.actions.put(Operation.DISTRIBUTE_IMAGE, new DistributeImage(starts, this.images, this.resources));
		this.actions.put(Operation.DELETE_IMAGE, new DeleteImage(this.images, this.resources));
		this.actions.put(Operation.LIST_IMAGES,
				new ListImages(this.images, this.model.operation(Operation.LIST_IMAGES.wireName())));
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

	Resources resources() {
		return this.resources;
	}

	Endings endings() {
		return this.endings;
	}

	void forgetTokens() {
		this.tokens.forget();
	}

	synchronized void forget() {
		this.images.forget();
		this.resources.forget();
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
		Permissions.check(call);
		@Nullable ResourceActions creating = this.creating.get(call.operation());
		if (creating != null && this.settings.get().nameBeforeToken()) {
			creating.checkName(call);
		}
	}

}
