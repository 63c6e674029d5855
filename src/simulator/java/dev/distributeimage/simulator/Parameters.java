package dev.distributeimage.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import dev.distributeimage.simulator.http.HttpRequest;
import dev.distributeimage.simulator.shape.ModelledOperation;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The parameters of a call: body and query merged into one JSON object. */
final class Parameters {

	/**
	 * Unreserved characters or percent-encoding only: the {@code :} and {@code /} of an
	 * ARN must be encoded.
	 */
	private static final Pattern ENCODED = Pattern.compile("(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})*");

	private Parameters() {
	}

	static ObjectNode of(HttpRequest request, ModelledOperation operation) {
		ObjectNode parameters = body(request);
		for (String name : operation.queryMembers()) {
			if (parameters.has(name)) {
				throw ApiException.invalidRequest("The parameter '%s' belongs in the query.".formatted(name));
			}
		}
		operation.pathParameters(request.path()).orElseThrow().forEach((name, value) -> {
			if (parameters.has(name)) {
				throw ApiException.invalidRequest("The parameter '%s' belongs in the path.".formatted(name));
			}
			parameters.put(name, decoded(value));
		});
		@Nullable String query = request.query();
		if (query == null || query.isEmpty()) {
			return parameters;
		}
		for (String pair : query.split("&", -1)) {
			add(parameters, pair, operation);
		}
		return parameters;
	}

	private static ObjectNode body(HttpRequest request) {
		if (request.body().length == 0) {
			return Json.object();
		}
		String type = request.header("content-type").orElse("application/json");
		if (!type.split(";", 2)[0].trim().equals("application/json")) {
			throw new ApiException(415, "UnsupportedMediaTypeException", "The body must be application/json.");
		}
		try {
			JsonNode body = Json.read(request.body());
			if (body.isObject()) {
				return (ObjectNode) body;
			}
			throw ApiException.invalidRequest("The body must be a JSON object.");
		}
		catch (JacksonException ex) {
			throw ApiException.invalidRequest("The body is not JSON: " + ex.getOriginalMessage());
		}
	}

	private static void add(ObjectNode parameters, String pair, ModelledOperation operation) {
		String[] parts = pair.split("=", 2);
		if (parts.length < 2) {
			throw notEncoded();
		}
		String name = decoded(parts[0]);
		String value = decoded(parts[1]);
		if (!operation.queryMembers().contains(name)) {
			throw ApiException.invalidParameterValue(name, "The parameter does not exist.");
		}
		if (operation.takesList(name)) {
			parameters.withArray(name).add(value);
			return;
		}
		if (parameters.has(name)) {
			throw ApiException.invalidRequest("The parameter '%s' is given twice.".formatted(name));
		}
		parameters.put(name, value);
	}

	private static String decoded(String text) {
		if (!ENCODED.matcher(text).matches()) {
			throw notEncoded();
		}
		return URLDecoder.decode(text, StandardCharsets.UTF_8);
	}

	private static ApiException notEncoded() {
		return ApiException.invalidRequest("The path or query is not percent-encoded.");
	}

}
