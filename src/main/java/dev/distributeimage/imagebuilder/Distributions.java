package dev.distributeimage.imagebuilder;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import software.amazon.awssdk.services.imagebuilder.model.Distribution;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Converts distributions between JSON and the SDK's types, through the SDK's serializable
 * builders. A member unknown to the SDK fails the call, because it would never reach AWS.
 */
final class Distributions {

	private static final JsonMapper JSON = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.build();

	private Distributions() {
	}

	static List<Distribution> toSdk(JsonNode distributions) {
		List<Distribution> converted = new ArrayList<>();
		for (JsonNode distribution : distributions) {
			converted.add(JSON.treeToValue(distribution, Distribution.serializableBuilderClass()).build());
		}
		return converted;
	}

	/** Returns whether AWS shows an equal value for every member that was sent. */
	static boolean contain(List<Distribution> shown, JsonNode sent) {
		JsonNode tree = JSON.valueToTree(shown.stream().map(Distribution::toBuilder).toList());
		return contains(tree, sent);
	}

	private static boolean contains(JsonNode shown, JsonNode sent) {
		if (sent.isObject()) {
			return shown.isObject() && sent.properties()
				.stream()
				.allMatch((member) -> contains(shown.path(member.getKey()), member.getValue()));
		}
		if (sent.isArray()) {
			return shown.isArray() && shown.size() == sent.size()
					&& IntStream.range(0, sent.size()).allMatch((i) -> contains(shown.get(i), sent.get(i)));
		}
		return sent.isNumber() ? shown.isNumber() && shown.decimalValue().compareTo(sent.decimalValue()) == 0
				: shown.equals(sent);
	}

}
