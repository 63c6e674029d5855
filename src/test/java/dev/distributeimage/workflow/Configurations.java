package dev.distributeimage.workflow;

import dev.distributeimage.imagebuilder.NewDistributionConfiguration;
import tools.jackson.databind.json.JsonMapper;

/** Distribution configurations that somebody else made. */
final class Configurations {

	private Configurations() {
	}

	/** One of that name that no run asks for. */
	static NewDistributionConfiguration other(String name) {
		return new NewDistributionConfiguration("eu-west-1", name, JsonMapper.shared().readTree("""
				[ { "region": "eu-central-1",
				    "amiDistributionConfiguration": { "name": "other {{ imagebuilder:buildDate }}" } } ]"""),
				"somebody-else");
	}

}
