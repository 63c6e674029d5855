package dev.distributeimage.imagebuilder;

import java.util.UUID;

import dev.distributeimage.aws.Place;
import dev.distributeimage.run.RunInput;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Request to create the distribution configuration of a run.
 *
 * @param place the run's account and Region, to which all that is created must belong
 */
public record NewDistributionConfiguration(UUID run, Place place, RunInput input, String clientToken) {

	/** The members that AWS shows of the configuration once it is created. */
	JsonNode shown() {
		ObjectNode parameters = JsonNodeFactory.instance.objectNode();
		parameters.put("name", this.input.distributionName());
		parameters.set("distributions", this.input.distributions());
		set(parameters, "description", "distributionDescription");
		set(parameters, "tags", "distributionTags");
		return parameters;
	}

	/** The parameters of CreateDistributionConfiguration. */
	JsonNode parameters() {
		return ((ObjectNode) shown()).put("clientToken", this.clientToken);
	}

	private void set(ObjectNode parameters, String name, String option) {
		JsonNode value = this.input.options().json().path(option);
		if (!value.isMissingNode()) {
			parameters.set(name, value);
		}
	}

}
