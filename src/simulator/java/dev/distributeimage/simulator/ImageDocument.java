package dev.distributeimage.simulator;

import java.util.List;

import dev.distributeimage.simulator.Phase.Showing;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An image in the form that GetImage and ListImageBuildVersions return. */
final class ImageDocument {

	private static final List<String> ECHOED = List.of("imageScanningConfiguration", "executionRole", "workflows",
			"loggingConfiguration");

	private ImageDocument() {
	}

	static ObjectNode full(SimulatedImage image) {
		Build build = image.build();
		ObjectNode document = common(image);
		document.put("enhancedImageMetadataEnabled",
				build.request().path("enhancedImageMetadataEnabled").asBoolean(true));
		document.setAll(build.sources());
		if (!build.distributesOnly()) {
			document.set("imageTestsConfiguration", tests(build.request().path("imageTestsConfiguration")));
		}
		ECHOED.forEach((member) -> echo(member, build, document));
		return document;
	}

	static ObjectNode summary(SimulatedImage image) {
		ObjectNode document = common(image).put("owner", image.build().arn().account());
		echo("loggingConfiguration", image.build(), document);
		return document;
	}

	/** The version that the image is a build of. */
	static ObjectNode version(SimulatedImage image) {
		Arn version = image.build().arn().withoutBuild();
		return summary(image).put("arn", version.toString()).put("version", version.version());
	}

	/** The configuration asked for, with AWS's defaults. */
	private static ObjectNode tests(JsonNode asked) {
		return Json.object()
			.put("imageTestsEnabled", asked.path("imageTestsEnabled").asBoolean(true))
			.put("timeoutMinutes", asked.path("timeoutMinutes").asInt(720));
	}

	private static void echo(String member, Build build, ObjectNode document) {
		JsonNode value = build.request().path(member);
		if (!value.isMissingNode() && !value.isNull()) {
			document.set(member, value);
		}
	}

	private static ObjectNode common(SimulatedImage image) {
		Build build = image.build();
		Phase now = image.now();
		Showing showing = now.showing();
		ObjectNode document = Json.object()
			.put("arn", image.arn())
			.put("type", type(build))
			.put("name", build.arn().name())
			.put("version", build.version())
			.put("platform", "Linux")
			.put("osVersion", "Amazon Linux 2023");
		if (showing.status() != null) {
			document.set("state", state(image, now));
		}
		document.put("dateCreated", Dates.text(build.created())).put("buildType", "USER_INITIATED");
		document.set("outputResources", OutputResources.of(build, showing));
		document.set("tags", image.tags());
		return document;
	}

	static String type(Build build) {
		return build.container() ? "DOCKER" : "AMI";
	}

	private static ObjectNode state(SimulatedImage image, Phase now) {
		Showing showing = now.showing();
		ObjectNode state = Json.object().put("status", showing.status());
		if (showing.reason() != null) {
			state.put("reason", showing.reason());
		}
		FailureContext.of(image, now).ifPresent((context) -> state.set("failureContext", context));
		return state;
	}

}
