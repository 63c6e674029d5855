package dev.distributeimage.simulator;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.distributeimage.simulator.Resources.Resource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Resources as documents: all that was asked for, and all that AWS adds. An answer shows
 * the members that the model knows at its place.
 */
final class ResourceDocuments {

	private static final List<String> NEVER_SHOWN = List.of("clientToken", "dryRun", "semanticVersion");

	private static final List<String> NEVER_CHANGED = List.of("arn", "name", "owner", "tags", "dateCreated");

	/** A name in a component's document, which is YAML or JSON. */
	private static final Pattern PHASE = Pattern.compile("\"?name\"?:\\s{0,9}[\"']?(build|validate|test)\\b");

	private ResourceDocuments() {
	}

	static ObjectNode created(Kind kind, Arn arn, Call call) {
		ObjectNode document = asked(call)
			.put("arn", arn.toString())
			.put("owner", arn.account())
			.put("dateCreated", Dates.text(call.at()))
			.put("dateUpdated", Dates.text(call.at()));
		if (kind.hasVersions()) {
			document.put("version", arn.version());
		}
		if (!document.has("tags")) {
			document.putObject("tags");
		}
		derive(kind, document);
		return document;
	}

	/** Replaces all but the name and what is never changed. */
	static ObjectNode updated(Resource old, Call call) {
		ObjectNode document = asked(call);
		document.remove(old.kind().arnMember());
		NEVER_CHANGED.forEach((member) -> document.set(member, old.document().required(member)));
		document.put("dateUpdated", Dates.text(call.at()));
		derive(old.kind(), document);
		return document;
	}

	private static ObjectNode asked(Call call) {
		ObjectNode document = Json.object();
		call.parameters()
			.properties()
			.stream()
			.filter((entry) -> !entry.getValue().isNull() && !NEVER_SHOWN.contains(entry.getKey()))
			.forEach((entry) -> document.set(entry.getKey(), entry.getValue()));
		return document;
	}

	private static void derive(Kind kind, ObjectNode document) {
		switch (kind) {
			case COMPONENT -> {
				document.put("type", componentType(document)).put("encrypted", true).put("status", "ACTIVE");
				document.putObject("state").put("status", "ACTIVE");
			}
			case IMAGE_RECIPE -> document.put("type", "AMI").put("platform", platform(document));
			case CONTAINER_RECIPE -> document.put("encrypted", true).put("platform", platform(document));
			case INFRASTRUCTURE_CONFIGURATION -> {
				if (!document.has("terminateInstanceOnFailure")) {
					document.put("terminateInstanceOnFailure", true);
				}
			}
			case DISTRIBUTION_CONFIGURATION -> {
				ArrayNode regions = document.put("timeoutMinutes", 720).putArray("regions");
				document.required("distributions").forEach((entry) -> regions.add(entry.required("region")));
			}
		}
	}

	/** A component tests if it has no phase that builds. */
	private static String componentType(ObjectNode document) {
		Set<String> phases = PHASE.matcher(document.path("data").asString(""))
			.results()
			.map((match) -> match.group(1))
			.collect(Collectors.toSet());
		return phases.equals(Set.of("test")) ? "TEST" : "BUILD";
	}

	/** The platform asked for, or that the parent image's name suggests. */
	private static String platform(ObjectNode document) {
		JsonNode override = document.path("platformOverride");
		String parent = document.path("parentImage").asString("").toLowerCase(Locale.ROOT);
		String suggested = parent.contains("windows") ? "Windows" : (parent.contains("macos") ? "macOS" : "Linux");
		return override.asString(suggested);
	}

}
