package dev.distributeimage.arazzo;

import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The answer to a request.
 *
 * @param status null if there was no answer
 * @param headers names in lower case
 * @param body missing if it is not JSON
 */
public record Response(@Nullable Integer status, Map<String, String> headers, JsonNode body) {

	Optional<String> header(String lowerCaseName) {
		return Optional.ofNullable(this.headers.get(lowerCaseName));
	}

	boolean isOk() {
		return this.status != null && this.status == 200;
	}

}
