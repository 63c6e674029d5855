package dev.distributeimage.imagebuilder;

import java.util.stream.IntStream;

import com.fasterxml.jackson.annotation.JsonInclude;
import software.amazon.awssdk.utils.builder.SdkBuilder;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Converts between JSON and the SDK's types, through the SDK's serializable builders. A
 * member unknown to the SDK fails the call, because it would never reach AWS.
 */
final class SdkJson {

	private static final JsonMapper JSON = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.changeDefaultPropertyInclusion((inclusion) -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
		.build();

	private SdkJson() {
	}

	/**
	 * Returns a request with these parameters.
	 * @throws ImageBuilderException if they cannot be sent. Retrying is pointless: the
	 * request itself is invalid, and nothing was sent
	 */
	static <B extends SdkBuilder<?, R>, R> R request(String operation, JsonNode parameters,
			Class<? extends B> builder) {
		try {
			return JSON.treeToValue(parameters, builder).build();
		}
		catch (JacksonException ex) {
			throw new ImageBuilderException(operation,
					FailedCall.unsendable("The request cannot be sent: " + ex.getOriginalMessage()), ex);
		}
	}

	/** Returns the members of an SDK type that are set. */
	static JsonNode tree(SdkBuilder<?, ?> builder) {
		return JSON.valueToTree(builder);
	}

	/**
	 * Returns whether AWS shows an equal value for every member that was sent. It need
	 * not show an empty list.
	 */
	static boolean contains(JsonNode shown, JsonNode sent) {
		if (sent.isObject()) {
			return shown.isObject() && sent.properties()
				.stream()
				.allMatch((member) -> contains(shown.path(member.getKey()), member.getValue()));
		}
		if (sent.isArray() && sent.isEmpty()) {
			return shown.isEmpty();
		}
		if (sent.isArray()) {
			return shown.isArray() && shown.size() == sent.size()
					&& IntStream.range(0, sent.size()).allMatch((i) -> contains(shown.get(i), sent.get(i)));
		}
		return sent.isNumber() ? shown.isNumber() && shown.decimalValue().compareTo(sent.decimalValue()) == 0
				: shown.equals(sent);
	}

}
