package dev.distributeimage.arazzo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An OpenAPI description, limited to how operations are called. */
public record OpenApi(JsonNode root) {

	/** An operation and how it is called. */
	public record Operation(String method, String path, JsonNode node) {

		/** Whether the parameter exists. */
		boolean hasParameter(String name, String in) {
			return this.node.path("parameters")
				.valueStream()
				.anyMatch((parameter) -> parameter.required("name").stringValue().equals(name)
						&& parameter.required("in").stringValue().equals(in));
		}

		JsonNode requestSchema() {
			return this.node.at("/requestBody/content/application~1json/schema");
		}

		JsonNode responseSchema() {
			return this.node.at("/responses/200/content/application~1json/schema");
		}

	}

	public static OpenApi read(String resource) {
		return new OpenApi(Yaml.read(resource));
	}

	public Operation operation(String operationId) {
		return operations().filter((operation) -> operation.node().path("operationId").asString().equals(operationId))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("No operation " + operationId));
	}

	private Stream<Operation> operations() {
		return this.root.required("paths")
			.propertyStream()
			.flatMap((path) -> path.getValue().propertyStream().map((method) -> operation(path.getKey(), method)));
	}

	/** Returns the errors of a call that was answered with 200. */
	public List<Error> violations(Exchange exchange) {
		Request request = exchange.request();
		Operation operation = operations().filter((each) -> each.path().equals(request.path()))
			.findFirst()
			.orElseThrow();
		List<Error> violations = new ArrayList<>(violations(operation.responseSchema(), exchange.response().body()));
		if (!request.body().isMissingNode()) {
			violations.addAll(violations(operation.requestSchema(), request.body()));
		}
		return violations;
	}

	private List<Error> violations(JsonNode schema, JsonNode value) {
		ObjectNode whole = ((ObjectNode) schema.deepCopy()).set("components", this.root.required("components"));
		return schemas().getSchema(whole).validate(value);
	}

	static SchemaRegistry schemas() {
		return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
	}

	private static Operation operation(String path, Map.Entry<String, JsonNode> method) {
		return new Operation(method.getKey().toUpperCase(Locale.ROOT), path, method.getValue());
	}

	/** Returns the members of a schema, with references resolved. */
	public JsonNode properties(JsonNode schema) {
		JsonNode resolved = schema.has("$ref") ? this.root.at(schema.required("$ref").stringValue().substring(1))
				: schema;
		return resolved.path("properties").isMissingNode() ? JsonMapper.shared().createObjectNode()
				: resolved.required("properties");
	}

}
