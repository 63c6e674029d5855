package dev.distributeimage.workflow;

import java.util.UUID;

import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.NewDistributionConfiguration;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.RunOptions;
import dev.distributeimage.simulator.RecordedRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Distribution configurations of other owners. */
final class Configurations {

	private static final String STRANGER = "somebody-else-";

	private Configurations() {
	}

	/** Returns the ARN of the configuration with this name, in lower case. */
	static String arn(String name) {
		return "arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/" + name;
	}

	/** Whether the request creates a configuration of another owner. */
	static boolean isOther(RecordedRequest create) {
		return create.parameter("clientToken").orElse("").startsWith(STRANGER);
	}

	/** Creates a configuration with this name that no run requests. */
	static NewDistributionConfiguration other(String name) {
		JsonNode distributions = JsonMapper.shared().readTree("""
				[ { "region": "eu-central-1",
				    "amiDistributionConfiguration": { "name": "other {{ imagebuilder:buildDate }}" } } ]""");
		return new NewDistributionConfiguration(new UUID(0, 1), new Place("123456789012", "eu-west-1"),
				new RunInput(name, distributions, null, null, RunOptions.NONE), STRANGER + name);
	}

}
