package dev.distributeimage.bench;

/** The body of the measured request. */
final class Asked {

	private static final String BODY = """
			{ "distributionName": "%1$s", "clientToken": "%1$s", "labels": { "team": "web" },
			  "distributions": [
			    { "region": "eu-west-1",
			      "amiDistributionConfiguration": { "name": "web {{ imagebuilder:buildDate }}",
			        "targetAccountIds": [ "111122223333" ] } },
			    { "region": "us-east-1",
			      "amiDistributionConfiguration": { "name": "web {{ imagebuilder:buildDate }}",
			        "targetAccountIds": [ "111122223333" ] } } ],
			  "imageRecipeArn": "arn:aws:imagebuilder:%2$s:123456789012:image-recipe/web/1.0.0",
			  "infrastructureConfigurationArn":
			    "arn:aws:imagebuilder:%2$s:123456789012:infrastructure-configuration/web" }""";

	private Asked() {
	}

	/**
	 * Returns the body with this name and client token, for an image built in this
	 * Region.
	 */
	static String body(String name, String region) {
		return BODY.formatted(name, region);
	}

}
