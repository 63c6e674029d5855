package dev.distributeimage.simulator;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A list as an answer: filtered, and one page of it.
 *
 * @param member the answer's member
 * @param filters the names of the filters, each that of a document's member or, for a
 * list, the member's singular
 */
record Listing(String member, Set<String> filters) {

	ObjectNode answer(List<ObjectNode> documents, Call call) {
		JsonNode asked = call.parameters().path("filters");
		asked.forEach(this::check);
		List<ObjectNode> found = documents.stream()
			.filter((document) -> asked.valueStream().allMatch((filter) -> matches(filter, document)))
			.toList();
		Page<ObjectNode> page = Page.of(found, call);
		ObjectNode answer = Json.object();
		ArrayNode list = answer.putArray(this.member);
		page.items().forEach(list::add);
		page.addTokenTo(answer);
		return answer;
	}

	/** Whether the list is that of the caller's own resources. The simulator knows no others. */
	static boolean isOfTheCaller(Call call) {
		return List.of("", "Self").contains(call.parameter("owner"));
	}

	private void check(JsonNode filter) {
		if (!this.filters.contains(filter.path("name").asString(""))) {
			throw ApiException.invalidParameterValue("filters.name", "It must be one of " + this.filters + ".");
		}
	}

	/**
	 * Matches any of the filter's values; a version matches with or without its build
	 * number.
	 */
	private static boolean matches(JsonNode filter, ObjectNode document) {
		String name = filter.required("name").stringValue();
		JsonNode member = document.path(document.has(name) ? name : name + "s");
		return filter.path("values")
			.valueStream()
			.map(JsonNode::stringValue)
			.anyMatch((wanted) -> (member.isArray() ? member.valueStream() : Stream.of(member))
				.map((value) -> value.asString(""))
				.anyMatch((value) -> value.equals(wanted) || value.startsWith(wanted + "/")));
	}

}
