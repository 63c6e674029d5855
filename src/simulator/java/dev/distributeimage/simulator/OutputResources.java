package dev.distributeimage.simulator;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import dev.distributeimage.simulator.FailedCopy.Sign;
import dev.distributeimage.simulator.Phase.Showing;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The AMIs or container images of a build: one AMI per Region and account, one container
 * entry per Region.
 */
final class OutputResources {

	private OutputResources() {
	}

	static ObjectNode of(Build build, Showing showing) {
		List<String> regions = showing.amis().among(regions(build));
		ObjectNode resources = Json.object();
		ArrayNode list = resources.putArray(build.container() ? "containers" : "amis");
		for (JsonNode entry : entries(build)) {
			if (regions.contains(region(entry))) {
				addTo(list, build, entry, failedCopies(build, showing));
			}
		}
		return resources;
	}

	/** The Regions of the output, in the order of the distribution configuration. */
	static List<String> regions(Build build) {
		return entries(build).stream().map(OutputResources::region).toList();
	}

	static List<FailedCopy> failedCopies(Build build, Showing showing) {
		List<String> regions = regions(build);
		return regions.isEmpty() ? List.of() : showing.failure().copies().among(regions);
	}

	/**
	 * The distributions with this kind of output; without a configuration, the build's own
	 * Region.
	 */
	private static List<JsonNode> entries(Build build) {
		if (build.distribution().isMissingNode()) {
			return List.of(Json.object().put("region", build.arn().region()));
		}
		List<JsonNode> entries = new ArrayList<>();
		for (JsonNode entry : build.distribution().required("distributions")) {
			if (!build.container() || entry.hasNonNull("containerDistributionConfiguration")) {
				entries.add(entry);
			}
		}
		return entries;
	}

	private static void addTo(ArrayNode list, Build build, JsonNode entry, List<FailedCopy> failed) {
		if (build.container()) {
			list.add(container(build, entry));
			return;
		}
		for (String account : accounts(build, entry)) {
			List<FailedCopy> here = failed.stream().filter((copy) -> copy.concerns(region(entry), account)).toList();
			if (here.stream().noneMatch((copy) -> copy.shows(Sign.NO_AMI))) {
				list.add(ami(build, entry, account).set("state", state(here)));
			}
		}
	}

	private static ObjectNode state(List<FailedCopy> failed) {
		return failed.stream()
			.filter((copy) -> copy.shows(Sign.AMI_STATE))
			.findFirst()
			.map((copy) -> Json.object().put("status", "FAILED").put("reason", copy.reason()))
			.orElseGet(() -> Json.object().put("status", "AVAILABLE"));
	}

	private static String region(JsonNode entry) {
		return entry.required("region").stringValue();
	}

	private static Set<String> accounts(Build build, JsonNode entry) {
		Set<String> accounts = new LinkedHashSet<>(List.of(build.arn().account()));
		entry.path("amiDistributionConfiguration")
			.path("targetAccountIds")
			.forEach((account) -> accounts.add(account.stringValue()));
		return accounts;
	}

	private static ObjectNode ami(Build build, JsonNode entry, String account) {
		JsonNode configuration = entry.path("amiDistributionConfiguration");
		String region = region(entry);
		String name = configuration.path("name").asString(build.arn().name() + " {{ imagebuilder:buildDate }}");
		ObjectNode ami = Json.object()
			.put("region", region)
			.put("image", amiId(build.arn() + region + account))
			.put("name", AmiNames.filled(name, build));
		if (configuration.has("description")) {
			ami.set("description", configuration.get("description"));
		}
		return ami.put("accountId", account);
	}

	private static String amiId(String seed) {
		String hex = UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).toString().replace("-", "");
		return "ami-" + hex.substring(0, 17);
	}

	private static ObjectNode container(Build build, JsonNode entry) {
		JsonNode configuration = entry.required("containerDistributionConfiguration");
		String region = region(entry);
		String repository = "%s.dkr.ecr.%s.amazonaws.com/%s:".formatted(build.arn().account(), region,
				configuration.required("targetRepository").required("repositoryName").stringValue());
		ObjectNode container = Json.object().put("region", region);
		ArrayNode uris = container.putArray("imageUris");
		uris.add(repository + build.version().replace('/', '-'));
		configuration.path("containerTags").forEach((tag) -> uris.add(repository + tag.stringValue()));
		return container;
	}

}
