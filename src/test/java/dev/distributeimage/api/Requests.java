package dev.distributeimage.api;

import dev.distributeimage.api.contract.OpenApi;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Requests for runs. */
public final class Requests {

	/** Settings of the policy {@code default}, which allows the minimal requests. */
	public static final String POLICY = """
			distribute-image.policies.default.accounts=123456789012
			distribute-image.policies.default.regions=eu-west-1
			distribute-image.policies.default.recipes=arn:aws:imagebuilder:*:123456789012:image-recipe/*/*
			distribute-image.policies.default.infrastructure-configurations=\
			arn:aws:imagebuilder:*:123456789012:infrastructure-configuration/*
			distribute-image.policies.default.share.accounts=111111111111
			""";

	private static final JsonMapper JSON = JsonMapper.shared();

	private static final JsonNode EVERYTHING = OpenApi.document().at("/components/examples/everything/value");

	private Requests() {
	}

	/**
	 * A valid request with every member: the example in the contract, which makes no AMI
	 * public, with an AMI that is.
	 */
	public static ObjectNode everything() {
		return with((ObjectNode) EVERYTHING.deepCopy(),
				"/distributions/0/amiDistributionConfiguration/launchPermission/userGroups", "[\"all\"]");
	}

	/** A minimal request with this client token. */
	public static String withToken(String clientToken) {
		return small().formatted(clientToken);
	}

	/** A minimal request without a client token. */
	public static String withoutToken() {
		return small().replace("\"clientToken\": \"%s\",", "");
	}

	private static String small() {
		return """
				{ "distributionName": "web", "clientToken": "%s", "labels": { "team": "platform" },
				  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
				  "infrastructureConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web",
				  "distributions": [
				    { "region": "eu-west-1", "amiDistributionConfiguration": { "targetAccountIds": ["111111111111"] } } ] }
				""";
	}

	/** Returns the request with another value at the pointer. */
	public static ObjectNode with(ObjectNode request, String pointer, String json) {
		JsonPointer at = JsonPointer.compile(pointer);
		JsonNode parent = request.at(at.head());
		JsonNode value = JSON.readTree(json);
		if (parent instanceof ArrayNode array) {
			array.set(at.last().getMatchingIndex(), value);
		}
		else {
			((ObjectNode) parent).set(at.last().getMatchingProperty(), value);
		}
		return request;
	}

	/** Returns the request without the member at the pointer. */
	public static ObjectNode without(ObjectNode request, String pointer) {
		JsonPointer at = JsonPointer.compile(pointer);
		((ObjectNode) request.at(at.head())).remove(at.last().getMatchingProperty());
		return request;
	}

}
