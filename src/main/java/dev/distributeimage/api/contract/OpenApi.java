package dev.distributeimage.api.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import com.networknt.schema.path.PathType;
import com.networknt.schema.regex.JDKRegularExpressionFactory;
import com.networknt.schema.regex.RegularExpressionFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The contract, written by hand in {@code openapi.yaml}. It is published unchanged, and
 * requests are validated against its schemas: in OpenAPI 3.1 these are JSON Schemas.
 */
public final class OpenApi {

	private static final String COMPONENTS = "components";

	/**
	 * White space as defined by ECMA-262, for a character class; Java's {@code \s}
	 * matches ASCII only.
	 */
	private static final String WHITE_SPACE = "\\t\\n\\x0B\\f\\r \\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000\\uFEFF";

	private static final RegularExpressionFactory ECMA = (pattern) -> JDKRegularExpressionFactory.getInstance()
		.getRegularExpression(pattern.replace("\\s", WHITE_SPACE));

	private static final SchemaRegistryConfig SETTINGS = SchemaRegistryConfig.builder()
		.pathType(PathType.JSON_POINTER)
		.regularExpressionFactory(ECMA)
		.formatAssertionsEnabled(true)
		.build();

	private static final Dialect DIALECT = Dialect.builder(Dialects.getDraft202012())
		.keyword(new NonValidationKeyword(COMPONENTS))
		.build();

	private static final JsonNode DOCUMENT = new YAMLMapper().readTree(yaml());

	private OpenApi() {
	}

	/** The document, unchanged. */
	public static byte[] yaml() {
		try (InputStream in = OpenApi.class.getResourceAsStream("/openapi.yaml")) {
			return in.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The document as a tree. It must not be modified. */
	public static JsonNode document() {
		return DOCUMENT;
	}

	/** A reference to the named schema among the components. */
	public static JsonNode reference(String name) {
		return JsonNodeFactory.instance.objectNode().put("$ref", "#/components/schemas/" + name);
	}

	/** A schema of the document, ready to validate; it may refer to the components. */
	public static Schema schema(JsonNode schema) {
		ObjectNode root = JsonNodeFactory.instance.objectNode();
		root.setAll((ObjectNode) schema);
		root.set(COMPONENTS, DOCUMENT.path(COMPONENTS));
		return SchemaRegistry.withDefaultDialect(DIALECT, (registry) -> registry.schemaRegistryConfig(SETTINGS))
			.getSchema(root);
	}

}
