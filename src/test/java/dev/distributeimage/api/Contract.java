package dev.distributeimage.api;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import dev.distributeimage.api.contract.OpenApi;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** The contract, against which the service's answers are checked. */
public final class Contract {

	public static final JsonNode DOCUMENT = OpenApi.document();

	private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

	private static final Map<JsonNode, Schema> SCHEMAS = new ConcurrentHashMap<>();

	private static final List<Operation> OPERATIONS = read();

	private Contract() {
	}

	/** Returns the operations. */
	public static List<Operation> operations() {
		return OPERATIONS;
	}

	private static List<Operation> read() {
		return DOCUMENT.path("paths")
			.properties()
			.stream()
			.flatMap((path) -> path.getValue()
				.properties()
				.stream()
				.filter((member) -> METHODS.contains(member.getKey()))
				.map((operation) -> new Operation(operation.getKey().toUpperCase(Locale.ROOT), path.getKey(),
						operation.getValue(), path.getValue())))
			.toList();
	}

	/** Returns the answer if the contract allows it. */
	static HttpResponse<String> checked(HttpResponse<String> response) {
		String method = response.request().method();
		check(method, path(response.uri()), response.statusCode(), (name) -> response.headers().firstValue(name),
				response.body());
		return response;
	}

	// validateOnly turns a request into that of another path.
	private static String path(URI uri) {
		boolean validateOnly = "validateOnly=true".equals(uri.getRawQuery());
		return validateOnly ? uri.getRawPath() + "/validate" : uri.getRawPath();
	}

	/**
	 * Returns whether there is a path for the operation's requests that are only
	 * validated.
	 */
	static boolean mayOnlyValidate(Operation operation) {
		return OPERATIONS.stream()
			.anyMatch((other) -> other.method().equals(operation.method())
					&& other.path().equals(operation.path() + "/validate"));
	}

	static void check(String method, String path, int status, Headers headers, String body) {
		checkSecurity(headers);
		JsonNode answer = answer(method, path, status);
		if (answer == null) {
			return;
		}
		answer.path("headers").properties().forEach((header) -> check(header.getKey(), header.getValue(), headers));
		JsonNode content = answer.path("content");
		if (method.equals("HEAD") || content.isMissingNode()) {
			assertThat(body).isEmpty();
			return;
		}
		String type = headers.get("Content-Type").orElse("").replaceFirst(";.*", "");
		assertThat(content.propertyNames()).as("content types of %s %s", method, path).contains(type);
		JsonNode json = type.endsWith("json") ? JsonMapper.shared().readTree(body)
				: JsonNodeFactory.instance.stringNode(body);
		assertThat(violations(content.path(type).path("schema"), json)).as(body).isEmpty();
	}

	// Of every answer, documented or not.
	private static void checkSecurity(Headers headers) {
		assertThat(headers.get("X-Content-Type-Options")).contains("nosniff");
		assertThat(headers.get("Cache-Control"))
			.hasValueSatisfying((value) -> assertThat(value).matches("no-(store|cache)"));
		assertThat(headers.get("Content-Security-Policy"))
			.hasValueSatisfying((value) -> assertThat(value).startsWith("default-src 'none'; ")
				.endsWith("frame-ancestors 'none'")
				.doesNotContain("unsafe"));
		assertThat(headers.get("Referrer-Policy")).contains("no-referrer");
		assertThat(headers.get("Cross-Origin-Resource-Policy")).contains("same-origin");
		assertThat(headers.get("Server")).isEmpty();
	}

	// Undocumented responses must be errors.
	private static @Nullable JsonNode answer(String method, String path, int status) {
		Optional<Operation> operation = operation(method, path);
		if (operation.isEmpty()) {
			return (status < 400) ? null : DOCUMENT.at("/components/responses/AnyOther");
		}
		JsonNode responses = operation.get().node().path("responses");
		JsonNode answer = responses.path(Integer.toString(status));
		assertThat(answer.isObject() || status >= 400).as("%s %s may answer %d", method, path, status).isTrue();
		return resolved(answer.isObject() ? answer : responses.path("default"));
	}

	static Optional<Operation> operation(String method, String path) {
		String mapped = method.equals("HEAD") ? "GET" : method;
		return operations().stream()
			.filter((operation) -> operation.method().equals(mapped) && path.matches(operation.pattern()))
			.findFirst();
	}

	private static void check(String name, JsonNode reference, Headers headers) {
		JsonNode header = resolved(reference);
		String value = headers.get(name).orElse(null);
		if (value == null) {
			assertThat(header.path("required").asBoolean(false)).as(name + " is required").isFalse();
			return;
		}
		JsonNode json = header.at("/schema/type").asString().equals("integer") ? JsonMapper.shared().readTree(value)
				: JsonNodeFactory.instance.stringNode(value);
		assertThat(violations(header.path("schema"), json)).as(name).isEmpty();
	}

	/** Returns the node that the reference points to, or the node itself. */
	public static JsonNode resolved(JsonNode node) {
		return node.has("$ref") ? resolved(DOCUMENT.at(node.path("$ref").asString().substring(1))) : node;
	}

	public static JsonNode schema(String name) {
		return DOCUMENT.path("components").path("schemas").path(name);
	}

	public static List<Error> violations(JsonNode schema, JsonNode instance) {
		return SCHEMAS.computeIfAbsent(schema, OpenApi::schema).validate(instance);
	}

	/** Headers of an answer. */
	interface Headers {

		Optional<String> get(String name);

	}

	/**
	 * An operation.
	 *
	 * @param path the path, with the names of its parameters in braces
	 * @param item the members shared by all operations of the path
	 */
	public record Operation(String method, String path, JsonNode node, JsonNode item) {

		String id() {
			return this.node.path("operationId").asString();
		}

		/** Returns the parameters in the path, the query or a header. */
		List<JsonNode> parameters(String in) {
			return Stream.of(this.item, this.node)
				.flatMap((node) -> node.path("parameters").valueStream())
				.map(Contract::resolved)
				.filter((parameter) -> parameter.path("in").asString().equals(in))
				.toList();
		}

		private String pattern() {
			return this.path.replace(".", "\\.").replaceAll("\\{[^}]*}", "[^/]+");
		}

	}

}
