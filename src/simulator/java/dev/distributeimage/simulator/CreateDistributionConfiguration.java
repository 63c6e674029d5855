package dev.distributeimage.simulator;

import java.util.Locale;
import java.util.function.Supplier;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Creates a distribution configuration under its normalised name. */
final class CreateDistributionConfiguration implements Action {

	private final DistributionConfigurations configurations;

	private final Supplier<SimulatorSettings> settings;

	CreateDistributionConfiguration(DistributionConfigurations configurations, Supplier<SimulatorSettings> settings) {
		this.configurations = configurations;
		this.settings = settings;
	}

	@Override
	public ObjectNode carryOut(Call call) {
		DistributionRules.check(call.parameters().path("distributions"), this.settings.get().account());
		String arn = arn(call);
		checkName(call);
		call.endDryRun();
		this.configurations.add(arn, document(call, arn));
		return Json.object().put("clientToken", call.parameter("clientToken")).put("distributionConfigurationArn", arn);
	}

	void checkName(Call call) {
		String arn = arn(call);
		if (this.configurations.find(arn).isPresent()) {
			throw ApiException.alreadyExists("DistributionConfiguration", arn);
		}
	}

	private String arn(Call call) {
		String name = call.parameter("name").toLowerCase(Locale.ROOT).replace(' ', '-').replace('_', '-');
		return Arn.of(call.region(), this.settings.get().account(), "distribution-configuration/" + name).toString();
	}

	private static ObjectNode document(Call call, String arn) {
		ObjectNode document = Json.object().put("arn", arn).put("name", call.parameter("name"));
		JsonNode description = call.parameters().path("description");
		if (description.isString()) {
			document.set("description", description);
		}
		document.set("distributions", call.parameters().required("distributions"));
		document.put("timeoutMinutes", 720)
			.put("dateCreated", Dates.text(call.at()))
			.put("dateUpdated", Dates.text(call.at()));
		JsonNode tags = call.parameters().path("tags");
		document.set("tags", tags.isObject() ? tags : Json.object());
		return document;
	}

}
