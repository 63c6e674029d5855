package dev.distributeimage.workflow;

import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.NewDistributionConfiguration;
import tools.jackson.databind.json.JsonMapper;

/** Distribution configurations of other owners. */
final class Configurations {

	private Configurations() {
	}

	/** Creates a configuration with this name that no run requests. */
	static NewDistributionConfiguration other(String name) {
		return new NewDistributionConfiguration(new Place("123456789012", "eu-west-1"), name,
				JsonMapper.shared().readTree("""
						[ { "region": "eu-central-1",
						    "amiDistributionConfiguration": { "name": "other {{ imagebuilder:buildDate }}" } } ]"""),
				"somebody-else");
	}

}
