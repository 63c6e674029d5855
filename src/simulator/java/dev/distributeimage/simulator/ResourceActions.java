package dev.distributeimage.simulator;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import dev.distributeimage.simulator.Resources.Resource;
import dev.distributeimage.simulator.shape.ModelledOperation;
import dev.distributeimage.simulator.shape.ServiceModel;
import tools.jackson.databind.node.ObjectNode;

/** The operations on one kind of resource, under its normalised name. */
final class ResourceActions {

	private final Kind kind;

	private final Resources resources;

	private final ServiceModel model;

	private final Supplier<SimulatorSettings> settings;

	ResourceActions(Kind kind, Resources resources, ServiceModel model, Supplier<SimulatorSettings> settings) {
		this.kind = kind;
		this.resources = resources;
		this.model = model;
		this.settings = settings;
	}

	Map<Operation, Action> all() {
		Map<Operation, Action> all = new EnumMap<>(Operation.class);
		Map<String, Action> byVerb = Map.of("Create", this::create, "Get", this::get, "Update", this::update, "Delete",
				this::delete, "List", this::list);
		byVerb.forEach((verb, action) -> this.kind.operation(verb).ifPresent((operation) -> all.put(operation, action)));
		if (this.kind == Kind.COMPONENT) {
			all.put(Operation.LIST_COMPONENT_BUILD_VERSIONS, this::listBuilds);
		}
		return all;
	}

	/** Refuses a name that is taken. */
	void checkName(Call call) {
		Arn arn = arn(call);
		if (this.resources.find(arn.toString()).isPresent()) {
			throw ApiException.alreadyExists(this.kind.word(), arn.toString());
		}
	}

	private ObjectNode create(Call call) {
		check(call);
		checkName(call);
		call.endDryRun();
		Arn arn = arn(call);
		this.resources.put(new Resource(this.kind, arn, ResourceDocuments.created(this.kind, arn, call)));
		ObjectNode answer = Json.object()
			.put("clientToken", call.parameter("clientToken"))
			.put(this.kind.arnMember(), arn.toString());
		addReferences(answer, arn);
		return answer;
	}

	private ObjectNode get(Call call) {
		String asked = call.parameter(this.kind.arnMember());
		Resource resource = this.resources.resolve(asked)
			.orElseThrow(() -> ApiException.notFound(this.kind.word(), asked));
		ObjectNode answer = Json.object();
		answer.set(this.kind.member(), this.resources.shown(resource));
		addReferences(answer, resource.arn());
		return answer;
	}

	private ObjectNode update(Call call) {
		Resource resource = asked(call);
		check(call);
		this.resources.put(resource.with(ResourceDocuments.updated(resource, call)));
		return Json.object()
			.put("clientToken", call.parameter("clientToken"))
			.put(this.kind.arnMember(), resource.arn().toString());
	}

	private ObjectNode delete(Call call) {
		Resource resource = asked(call);
		RecipeRules.checkUnused(resource.arn(), this.resources);
		this.resources.remove(resource.arn().toString());
		return Json.object().put(this.kind.arnMember(), resource.arn().toString());
	}

	private ObjectNode list(Call call) {
		String member = this.kind.listMember();
		ModelledOperation list = this.model.operation(call.operation().wireName());
		Map<String, ObjectNode> documents = new LinkedHashMap<>();
		for (Resource resource : Listing.isOfTheCaller(call) ? this.resources.in(call.account(), call.region(), this.kind)
				: List.<Resource>of()) {
			Arn arn = resource.arn().hasBuild() ? resource.arn().withoutBuild() : resource.arn();
			ObjectNode document = list.shown(member, resource.document());
			documents.put(arn.toString(), document.put("arn", arn.toString()));
		}
		return new Listing(member, this.kind.filters()).answer(List.copyOf(documents.values()), call);
	}

	/** Lists the builds of components. */
	private ObjectNode listBuilds(Call call) {
		String member = "componentSummaryList";
		String version = call.parameter("componentVersionArn");
		ModelledOperation list = this.model.operation(call.operation().wireName());
		List<ObjectNode> builds = this.resources.in(call.account(), call.region(), this.kind)
			.stream()
			.filter((build) -> version.isEmpty() || build.arn().withoutBuild().toString().equals(version))
			.map((build) -> list.shown(member, build.document()))
			.toList();
		return new Listing(member, Set.of()).answer(builds, call);
	}

	private Resource asked(Call call) {
		String arn = call.parameter(this.kind.arnMember());
		return this.resources.find(arn).orElseThrow(() -> ApiException.notFound(this.kind.word(), arn));
	}

	private void check(Call call) {
		switch (this.kind) {
			case COMPONENT -> RecipeRules.checkComponent(call);
			case IMAGE_RECIPE, CONTAINER_RECIPE ->
				RecipeRules.checkRecipe(call, this.resources, this.settings.get().strictRecipes());
			case DISTRIBUTION_CONFIGURATION ->
				DistributionRules.check(call.parameters().path("distributions"), call.account());
			case INFRASTRUCTURE_CONFIGURATION -> {
				// The model says it all.
			}
		}
	}

	private Arn arn(Call call) {
		String name = call.parameter("name").toLowerCase(Locale.ROOT).replace(' ', '-').replace('_', '-');
		Arn named = Arn.of(call.region(), call.account(), this.kind.type() + "/" + name);
		if (!this.kind.hasVersions()) {
			return named;
		}
		List<Arn> existing = this.resources.in(call.account(), call.region(), this.kind)
			.stream()
			.map(Resource::arn)
			.filter((arn) -> named.equals(arn.withResource(arn.base())))
			.toList();
		Arn version = named
			.withResource(named.resource() + "/" + Versions.next(call.parameter("semanticVersion"), existing));
		if (this.kind != Kind.COMPONENT) {
			return version;
		}
		int last = existing.stream()
			.filter((arn) -> arn.withoutBuild().equals(version))
			.mapToInt(Arn::build)
			.max()
			.orElse(0);
		return version.withResource(version.resource() + "/" + (last + 1));
	}

	private void addReferences(ObjectNode answer, Arn arn) {
		if (arn.hasVersion()) {
			answer.set("latestVersionReferences", Versions.latestReferences(arn));
		}
	}

}
