package dev.distributeimage.simulator;

import java.util.List;
import java.util.regex.Pattern;

import tools.jackson.databind.node.ObjectNode;

/**
 * Semantic versions in ARNs: wildcards, concrete versions and references to the latest
 * ones.
 */
final class Versions {

	private static final long LARGEST_NODE = (1L << 30) - 1;

	private Versions() {
	}

	/** Resolves wildcards as if no later version existed: {@code 1.x.x} becomes 1.0.0. */
	static String concrete(String version) {
		return version.startsWith("x") ? "1" + concreteRest(version) : concreteRest(version);
	}

	private static String concreteRest(String version) {
		String rest = version.startsWith("x") ? version.substring(1) : version;
		return rest.replace(".x", ".0");
	}

	/** Only wildcards may follow a wildcard. */
	static boolean isValid(String version) {
		return !version.matches(".*x\\.[0-9].*") && withinBounds(version);
	}

	private static boolean withinBounds(String version) {
		return List.of(version.split("\\.", -1))
			.stream()
			.filter((node) -> !node.equals("x"))
			.allMatch((node) -> node.length() < 11 && Long.parseLong(node) <= LARGEST_NODE);
	}

	/** Whether a version with wildcards covers a concrete one. */
	static boolean covers(String wildcard, String concrete) {
		return Pattern.matches(wildcard.replace(".", "\\.").replace("x", "[0-9]+"), concrete);
	}

	static ObjectNode latestReferences(Arn image) {
		String[] nodes = image.version().split("\\.", -1);
		String base = "image/" + image.name() + "/";
		return Json.object()
			.put("latestVersionArn", image.withResource(base + "x.x.x").toString())
			.put("latestMajorVersionArn", image.withResource(base + nodes[0] + ".x.x").toString())
			.put("latestMinorVersionArn", image.withResource(base + nodes[0] + "." + nodes[1] + ".x").toString())
			.put("latestPatchVersionArn", image.withResource(base + image.version()).toString());
	}

}
