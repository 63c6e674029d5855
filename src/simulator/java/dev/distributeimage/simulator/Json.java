package dev.distributeimage.simulator;

import dev.distributeimage.simulator.http.HttpAnswer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Strict JSON: no duplicate members, nothing after the end. */
final class Json {

	private static final JsonMapper MAPPER = JsonMapper.builder()
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build();

	private Json() {
	}

	static ObjectNode object() {
		return MAPPER.createObjectNode();
	}

	/** Reads bytes, which must be valid UTF-8. */
	static JsonNode read(byte[] text) throws JacksonException {
		return MAPPER.readTree(text);
	}

	static JsonNode read(String text) throws JacksonException {
		return MAPPER.readTree(text);
	}

	static HttpAnswer answer(int status, JsonNode body) {
		return HttpAnswer.of(status, "application/json", body.toString());
	}

}
