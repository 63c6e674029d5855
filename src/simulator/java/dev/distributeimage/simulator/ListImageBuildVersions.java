package dev.distributeimage.simulator;

import java.util.List;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists builds, newest first. */
final class ListImageBuildVersions implements Action {

	private static final Set<String> FILTERS = Set.of("name", "osVersion", "platform", "type", "version");

	private final Images images;

	ListImageBuildVersions(Images images) {
		this.images = images;
	}

	@Override
	public ObjectNode carryOut(Call call) {
		String version = call.parameter("imageVersionArn");
		JsonNode filters = call.parameters().path("filters");
		filters.forEach(ListImageBuildVersions::check);
		List<ObjectNode> found = this.images.in(call.region())
			.stream()
			.filter((image) -> version.isEmpty() || image.build().versionArn().equals(version))
			.map(ImageDocument::summary)
			.filter((summary) -> filters.valueStream().allMatch((filter) -> matches(filter, summary)))
			.toList();
		Page<ObjectNode> page = Page.of(found, call);
		ObjectNode answer = Json.object();
		ArrayNode list = answer.putArray("imageSummaryList");
		page.items().forEach(list::add);
		page.addTokenTo(answer);
		return answer;
	}

	private static void check(JsonNode filter) {
		if (!FILTERS.contains(filter.path("name").asString(""))) {
			throw ApiException.invalidParameterValue("filters.name", "It must be one of " + FILTERS + ".");
		}
	}

	/**
	 * Matches any of the filter's values; a version matches with or without its build
	 * number.
	 */
	private static boolean matches(JsonNode filter, ObjectNode summary) {
		String value = summary.path(filter.required("name").stringValue()).asString("");
		return filter.path("values")
			.valueStream()
			.map(JsonNode::stringValue)
			.anyMatch((wanted) -> value.equals(wanted) || value.startsWith(wanted + "/"));
	}

}
