package dev.distributeimage.policy;

import dev.distributeimage.api.Requests;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Requests that a policy may allow. */
final class RequestedRuns {

	private RequestedRuns() {
	}

	/** All inputs that go together. */
	static ObjectNode everything() {
		ObjectNode request = Requests.everything();
		request.setAll(json("""
				{ "distributionTags": { "cost/centre": "1" }, "imageTags": { "Name": "web" }, "executionRole": "builds",
				  "workflows": [
				    { "workflowArn": "arn:aws:imagebuilder:eu-west-1:123456789012:workflow/build/web/1.0.0" } ],
				  "imageScanningConfiguration": {
				    "ecrConfiguration": { "repositoryName": "scans", "containerTags": ["latest"] } },
				  "loggingConfiguration": { "logGroupName": "/builds/web" } }
				"""));
		return request;
	}

	/** A build that uses a distribution configuration. */
	static ObjectNode reusing() {
		return json("""
				{ "distributionConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web",
				  "containerRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:container-recipe/web/1.0.0",
				  "infrastructureConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/build-hosts" }
				""");
	}

	/** An image that is distributed without a build. */
	static ObjectNode distributing(String sourceImage) {
		ObjectNode request = json("""
				{ "distributionName": "my-web", "distributions": [
				    { "region": "eu-west-1", "amiDistributionConfiguration": {} } ],
				  "executionRole": "arn:aws:iam::123456789012:role/builds" }
				""");
		request.put("sourceImage", sourceImage);
		return sourceImage.startsWith("arn:") ? request : request.put("region", "us-east-1");
	}

	/** A build with one entry, for eu-west-1. */
	static ObjectNode entry(String members) {
		ObjectNode request = everything();
		ObjectNode entry = json(members);
		entry.put("region", "eu-west-1");
		request.putArray("distributions").add(entry);
		return request;
	}

	private static ObjectNode json(String text) {
		return (ObjectNode) JsonMapper.shared().readTree(text);
	}

}
