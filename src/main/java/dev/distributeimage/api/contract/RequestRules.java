package dev.distributeimage.api.contract;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.aws.Arn;
import dev.distributeimage.aws.Partitions;
import dev.distributeimage.run.TargetAccounts;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.util.StringUtils;

/**
 * Rules that a schema cannot express, such as those between the parts of a request.
 * Malformed parts are skipped, so that all others are still checked.
 */
final class RequestRules {

	private static final Duration SHORTEST = Duration.ofMinutes(5);

	private static final Duration LONGEST = Duration.ofDays(7);

	private static final Set<String> OUTPUTS = new TreeSet<>(Set.of("amiDistributionConfiguration",
			"containerDistributionConfiguration", "licenseConfigurationArns", "launchTemplateConfigurations",
			"s3ExportConfiguration", "fastLaunchConfigurations", "ssmParameterConfigurations"));

	/** The maximum number of destinations: a run shows each of them. */
	private static final int MOST_DESTINATIONS = 10_000;

	/** AWS's limit for each number of a semantic version. */
	private static final BigInteger LARGEST_IN_VERSION = BigInteger.valueOf((1 << 30) - 1);

	private static final Pattern NUMBER = Pattern.compile("[0-9]+");

	private final Partitions partitions;

	RequestRules(Partitions partitions) {
		this.partitions = partitions;
	}

	/** Violations of the rules in a request, some of whose parts may be malformed. */
	List<Violation> violations(JsonNode request, List<Violation> malformed) {
		Set<String> leftOut = malformed.stream()
			.map((violation) -> String.valueOf(violation.pointer()))
			.collect(Collectors.toSet());
		return new Check(leftOut).of(request);
	}

	/** One pass over a request. */
	private final class Check {

		private final Set<String> leftOut;

		private final List<Violation> violations = new ArrayList<>();

		/** By partition, the pointer of the violation that lists its Regions. */
		private final Map<String, String> listedAt = new HashMap<>();

		Check(Set<String> leftOut) {
			this.leftOut = leftOut;
		}

		List<Violation> of(JsonNode request) {
			Arn recipe = arn(request.path("imageRecipeArn"), "/imageRecipeArn");
			Arn infrastructure = arn(request.path("infrastructureConfigurationArn"), "/infrastructureConfigurationArn");
			if (recipe != null) {
				region(recipe.partition(), recipe.region(), "/imageRecipeArn");
				version(recipe);
			}
			if (infrastructure != null) {
				region(infrastructure.partition(), infrastructure.region(), "/infrastructureConfigurationArn");
			}
			if (recipe != null && infrastructure != null) {
				together(recipe, infrastructure);
			}
			distributions(request.path("distributions"), partition((recipe != null) ? recipe : infrastructure));
			destinations(request.path("distributions"), (infrastructure != null) ? infrastructure.account() : "");
			deadline(request.path("deadline"));
			return this.violations;
		}

		/** The partition of the image, if it is known. */
		private @Nullable String partition(@Nullable Arn arn) {
			return (arn != null && RequestRules.this.partitions.exists(arn.partition())) ? arn.partition() : null;
		}

		private void version(Arn recipe) {
			if (NUMBER.matcher(recipe.version())
				.results()
				.anyMatch((number) -> new BigInteger(number.group()).compareTo(LARGEST_IN_VERSION) > 0)) {
				violated("/imageRecipeArn",
						"A number in the version must be at most %d.".formatted(LARGEST_IN_VERSION));
			}
		}

		private void together(Arn recipe, Arn infrastructure) {
			if (!recipe.partition().equals(infrastructure.partition())
					|| !recipe.region().equals(infrastructure.region())) {
				violated("/infrastructureConfigurationArn",
						"The infrastructure configuration is in %s (partition %s), the image recipe in %s (partition %s). "
							.formatted(shortened(infrastructure.region()), shortened(infrastructure.partition()),
									shortened(recipe.region()), shortened(recipe.partition()))
								+ "Both must be in the same Region.");
			}
		}

		private void distributions(JsonNode distributions, @Nullable String partition) {
			Map<String, String> seen = new HashMap<>();
			for (int i = 0; i < distributions.size(); i++) {
				JsonNode distribution = distributions.path(i);
				String pointer = "/distributions/" + i;
				String region = text(distribution.path("region"), pointer + "/region");
				if (region != null) {
					if (partition != null) {
						region(partition, region, pointer + "/region");
					}
					once(seen, region, pointer);
				}
				if (distribution.isObject() && OUTPUTS.stream().noneMatch(distribution::has)) {
					violated(pointer, "In addition to its region, an entry needs at least one of: "
							+ String.join(", ", OUTPUTS) + ".");
				}
				licences(distribution.path("licenseConfigurationArns"), pointer + "/licenseConfigurationArns",
						partition);
				organizations(distribution, pointer, partition);
			}
		}

		private void destinations(JsonNode distributions, String account) {
			long destinations = 0;
			for (JsonNode distribution : distributions) {
				destinations += TargetAccounts.of(distribution, account).size();
			}
			if (destinations > MOST_DESTINATIONS) {
				violated("/distributions",
						"The entries have %d destinations: in each Region the account of the run and the target accounts. A run may have at most %d."
							.formatted(destinations, MOST_DESTINATIONS));
			}
		}

		private void once(Map<String, String> seen, String region, String pointer) {
			String first = seen.putIfAbsent(region, pointer);
			if (first != null) {
				violated(pointer + "/region", "The Region %s already has an entry, %s. Each Region may have only one."
					.formatted(shortened(region), first));
			}
		}

		private void licences(JsonNode arns, String pointer, @Nullable String partition) {
			for (int i = 0; i < arns.size(); i++) {
				Arn licence = inPartition(arns.path(i), pointer + "/" + i, partition);
				if (licence != null) {
					region(licence.partition(), licence.region(), pointer + "/" + i);
				}
			}
		}

		private void organizations(JsonNode distribution, String pointer, @Nullable String partition) {
			JsonNode permission = distribution.path("amiDistributionConfiguration").path("launchPermission");
			for (String name : List.of("organizationArns", "organizationalUnitArns")) {
				JsonNode arns = permission.path(name);
				for (int i = 0; i < arns.size(); i++) {
					inPartition(arns.path(i),
							pointer + "/amiDistributionConfiguration/launchPermission/" + name + "/" + i, partition);
				}
			}
		}

		private @Nullable Arn inPartition(JsonNode node, String pointer, @Nullable String partition) {
			Arn arn = arn(node, pointer);
			if (arn == null || partition == null || arn.partition().equals(partition)) {
				return arn;
			}
			violated(pointer, "This ARN is in the partition %s, but the image is in %s."
				.formatted(shortened(arn.partition()), partition));
			return null;
		}

		private void region(String partition, String region, String pointer) {
			if (!RequestRules.this.partitions.exists(partition)) {
				violated(pointer, "There is no AWS partition %s.".formatted(shortened(partition)));
			}
			else if (!RequestRules.this.partitions.regions(partition).contains(region)) {
				violated(pointer, "%s is not a Region that this service knows in the partition %s. %s"
					.formatted(shortened(region), partition, known(partition, pointer)));
			}
		}

		// A request may name thousands of Regions, so the list is not repeated.
		private String known(String partition, String pointer) {
			String first = this.listedAt.putIfAbsent(partition, pointer);
			return (first != null) ? "The error at %s lists those it knows.".formatted(first)
					: "It knows %s; the setting distribute-image.aws.extra-regions adds others."
						.formatted(String.join(", ", RequestRules.this.partitions.regions(partition)));
		}

		private void deadline(JsonNode node) {
			String deadline = text(node, "/deadline");
			if (deadline == null) {
				return;
			}
			Duration duration = Duration.parse(deadline);
			if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
				violated("/deadline", "The deadline must be between PT5M and P7D.");
			}
		}

		private @Nullable Arn arn(JsonNode node, String pointer) {
			String text = text(node, pointer);
			return (text != null) ? Arn.parse(text) : null;
		}

		private @Nullable String text(JsonNode node, String pointer) {
			return (node.isString() && !this.leftOut.contains(pointer)) ? node.asString() : null;
		}

		private static String shortened(String text) {
			return StringUtils.truncate(text, 40);
		}

		private void violated(String pointer, String detail) {
			this.violations.add(Violation.at(pointer, detail));
		}

	}

}
