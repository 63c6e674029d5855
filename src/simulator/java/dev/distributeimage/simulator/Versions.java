package dev.distributeimage.simulator;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import tools.jackson.databind.node.ObjectNode;

/**
 * Semantic versions in ARNs: wildcards, concrete versions and references to the latest
 * ones.
 */
final class Versions {

	/** ARNs of concrete versions, by version, then by build number. */
	static final Comparator<Arn> ORDER = (one, other) -> Arrays.compare(nodes(one), nodes(other));

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

	/** Whether an ARN without a build number, maybe with wildcards, covers another. */
	static boolean covers(Arn wanted, Arn other) {
		return !wanted.hasBuild() && wanted.hasVersion() && other.hasVersion()
				&& wanted.withResource(wanted.base()).equals(other.withResource(other.base()))
				&& covers(wanted.version(), other.version());
	}

	private static boolean covers(String wildcard, String concrete) {
		return Pattern.matches(wildcard.replace(".", "\\.").replace("x", "[0-9]+"), concrete);
	}

	/**
	 * The version that a wildcard makes of the versions that are there: the first wildcard
	 * is one more than in the latest version that it covers, the others are 0.
	 */
	static String next(String wildcard, List<Arn> existing) {
		int first = List.of(wildcard.split("\\.", -1)).indexOf("x");
		Optional<Arn> latest = existing.stream().filter((arn) -> covers(wildcard, arn.version())).max(ORDER);
		if (first < 0 || latest.isEmpty()) {
			return concrete(wildcard);
		}
		String[] nodes = latest.get().version().split("\\.", -1);
		nodes[first] = String.valueOf(Long.parseLong(nodes[first]) + 1);
		Arrays.fill(nodes, first + 1, nodes.length, "0");
		return String.join(".", nodes);
	}

	static ObjectNode latestReferences(Arn arn) {
		String[] nodes = arn.version().split("\\.", -1);
		String base = arn.base() + "/";
		return Json.object()
			.put("latestVersionArn", arn.withResource(base + "x.x.x").toString())
			.put("latestMajorVersionArn", arn.withResource(base + nodes[0] + ".x.x").toString())
			.put("latestMinorVersionArn", arn.withResource(base + nodes[0] + "." + nodes[1] + ".x").toString())
			.put("latestPatchVersionArn", arn.withResource(base + arn.version()).toString());
	}

	private static long[] nodes(Arn arn) {
		return arn.hasVersion() ? Pattern.compile("[./]")
			.splitAsStream(arn.resource().substring(arn.base().length() + 1))
			.mapToLong(Long::parseLong)
			.toArray() : new long[0];
	}

}
