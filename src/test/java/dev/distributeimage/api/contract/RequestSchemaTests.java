package dev.distributeimage.api.contract;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that the schema describes distributions as AWS's own model does. */
class RequestSchemaTests {

	/** Exceptions from the model, by the shape's name and the keyword. */
	private static final Map<String, String> STRICTER = Map.ofEntries(
			// AWS refuses an empty list, contrary to the model.
			Map.entry("DistributionList minimum", "1"), Map.entry("LicenseConfigurationArnList minimum", "1"),
			// No other user group exists.
			Map.entry("LaunchPermissionConfiguration.userGroups", "UserGroupList"),
			// The SDK uses an int.
			Map.entry("MaxParallelLaunches maximum", "2147483647"),
			// The model's pattern is not anchored at its end and would allow any text
			// after the id.
			Map.entry("OrganizationalUnitArn pattern",
					"^arn:aws[^:]*:organizations::[0-9]{12}:ou/o-[a-z0-9]{10,32}/ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$"),
			// Printable ASCII, as the documentation of the token requires.
			Map.entry("ClientToken pattern", "^[ -~]{1,64}$"), Map.entry("ClientToken minimum", "null"),
			Map.entry("ClientToken maximum", "null"),
			// No ARN is longer.
			Map.entry("ImageRecipeArn maximum", "2048"), Map.entry("InfrastructureConfigurationArn maximum", "2048"),
			Map.entry("LicenseConfigurationArn maximum", "2048"), Map.entry("OrganizationArn maximum", "2048"),
			Map.entry("OrganizationalUnitArn maximum", "2048"),
			// AWS allows only wildcards after a wildcard.
			Map.entry("ImageRecipeArn pattern",
					"^arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):image-recipe/[a-z0-9-_]+"
							+ "/(?:x\\.x\\.x|[0-9]+\\.x\\.x|[0-9]+\\.[0-9]+\\.(?:[0-9]+|x))$"),
			// "The account" of a run is the infrastructure configuration's account.
			Map.entry("InfrastructureConfigurationArn pattern",
					"^arn:aws[^:]*:imagebuilder:[^:]+:[0-9]{12}:infrastructure-configuration/[a-z0-9-_]+$"));

	private final JsonNode schema = OpenApi.document().at("/components/schemas");

	private final JsonNode model = JsonMapper.shared()
		.readTree(getClass().getResourceAsStream("/dev/distributeimage/simulator/imagebuilder-model.json"))
		.path("shapes");

	private final Map<String, String> ofSchema = new TreeMap<>();

	private final Map<String, String> ofModel = new TreeMap<>();

	@Test
	void constraintsAreThoseOfTheModel() {
		for (String shape : new String[] { "DistributionList", "ResourceName", "ClientToken", "ImageRecipeArn",
				"InfrastructureConfigurationArn" }) {
			compare(shape);
		}
		this.ofModel.putAll(STRICTER);
		assertThat(this.ofSchema).isEqualTo(this.ofModel).hasSizeGreaterThan(150);
	}

	private void compare(String name) {
		if (this.ofModel.containsKey(name + " type")) {
			return;
		}
		JsonNode shape = this.model.path(name);
		describeModel(name, shape);
		describeSchema(name, this.schema.path(name));
		shape.path("members").forEach((member) -> compare(member.path("shape").asString()));
		for (String part : new String[] { "member", "key", "value" }) {
			if (shape.has(part)) {
				compare(shape.path(part).path("shape").asString());
			}
		}
	}

	private void describeModel(String name, JsonNode shape) {
		put(this.ofModel, name, "type", switch (shape.path("type").asString()) {
			case "structure", "map" -> "object";
			case "list" -> "array";
			default -> shape.path("type").asString();
		});
		put(this.ofModel, name, "pattern", shape.path("pattern").asString("null"));
		put(this.ofModel, name, "minimum", shape.path("min").asString("null"));
		put(this.ofModel, name, "maximum", shape.path("max").asString("null"));
		put(this.ofModel, name, "enum", shape.path("enum").toString());
		put(this.ofModel, name, "required", sorted(shape.path("required")));
		put(this.ofModel, name, "items", shape.path("member").path("shape").asString("null"));
		put(this.ofModel, name, "keys", shape.path("key").path("shape").asString("null"));
		put(this.ofModel, name, "values", shape.path("value").path("shape").asString("null"));
		shape.path("members")
			.properties()
			.forEach((member) -> this.ofModel.put(name + "." + member.getKey(),
					member.getValue().path("shape").asString()));
	}

	// A Boolean has no constraints, so the schema defines it inline.
	private void describeSchema(String name, JsonNode schema) {
		JsonNode shape = name.equals("Boolean") ? this.schema.at("/FastLaunchConfiguration/properties/enabled")
				: schema;
		put(this.ofSchema, name, "type", shape.path("type").asString("null"));
		put(this.ofSchema, name, "pattern", shape.path("pattern").asString("null"));
		put(this.ofSchema, name, "minimum", bound(shape, "min"));
		put(this.ofSchema, name, "maximum", bound(shape, "max"));
		put(this.ofSchema, name, "enum", shape.path("enum").toString());
		put(this.ofSchema, name, "required", sorted(shape.path("required")));
		put(this.ofSchema, name, "items", reference(shape.path("items")));
		put(this.ofSchema, name, "keys", reference(shape.path("propertyNames")));
		put(this.ofSchema, name, "values", reference(shape.path("additionalProperties")));
		shape.path("properties")
			.properties()
			.forEach((member) -> this.ofSchema.put(name + "." + member.getKey(), reference(member.getValue())));
	}

	private static void put(Map<String, String> described, String name, String keyword, String value) {
		described.put(name + " " + keyword, value);
	}

	private static String bound(JsonNode shape, String which) {
		for (String kind : new String[] { "Length", "Items", "Properties", "imum" }) {
			if (shape.has(which + kind)) {
				return shape.path(which + kind).asString();
			}
		}
		return "null";
	}

	private static String reference(JsonNode schema) {
		if (schema.path("type").asString("").equals("boolean")) {
			return "Boolean";
		}
		JsonNode reference = schema.has("allOf") ? schema.at("/allOf/0/$ref") : schema.path("$ref");
		return reference.asString("null").replace("#/components/schemas/", "");
	}

	private static String sorted(JsonNode names) {
		TreeSet<String> sorted = new TreeSet<>();
		names.forEach((name) -> sorted.add(name.asString()));
		return sorted.toString();
	}

}
