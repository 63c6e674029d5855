package dev.distributeimage.api.contract;

import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.aws.Arn;
import dev.distributeimage.aws.Partitions;
import dev.distributeimage.run.DistributionOutputs;
import dev.distributeimage.run.RunOptions;
import dev.distributeimage.run.TargetAccounts;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import static dev.distributeimage.api.contract.WellFormedParts.shortened;

/**
 * Rules that a schema cannot express, such as those between the parts of a request.
 */
final class RequestRules {

	private static final Duration SHORTEST = Duration.ofMinutes(5);

	private static final Duration LONGEST = Duration.ofDays(7);

	/** The maximum number of destinations: a run shows each of them. */
	private static final int MOST_DESTINATIONS = 10_000;

	/** AWS's limit for the tags of a resource. */
	private static final int MOST_TAGS = 50;

	/** AWS's limit for each number of a semantic version. */
	private static final BigInteger LARGEST_IN_VERSION = BigInteger.valueOf((1 << 30) - 1);

	private static final Pattern NUMBER = Pattern.compile("[0-9]+");

	private final WellFormedParts parts;

	private final RegionRules regions;

	RequestRules(Partitions partitions, WellFormedParts parts) {
		this.parts = parts;
		this.regions = new RegionRules(partitions, parts);
	}

	/** Checks a request. */
	void check(JsonNode request) {
		Arn home = home(request);
		if (home != null) {
			together(request, home, "infrastructureConfigurationArn");
			together(request, home, "distributionConfigurationArn");
		}
		Arn role = role(request, home);
		Arn owner = request.has("sourceImage") ? role
				: this.parts.arn(request.path("infrastructureConfigurationArn"), "/infrastructureConfigurationArn");
		distributions(request.path("distributions"), this.regions.partition((home != null) ? home : owner));
		destinations(request.path("distributions"), (owner != null) ? owner.account() : "");
		workflows(request.path("workflows"), this.regions.partition(home));
		imageTags(request);
		deadline(request.path("deadline"));
	}

	/** An ARN with the partition and Region of the run, if they are known. */
	private @Nullable Arn home(JsonNode request) {
		@Nullable Arn home = null;
		for (String name : List.of("imageRecipeArn", "containerRecipeArn", "infrastructureConfigurationArn",
				"distributionConfigurationArn")) {
			Arn arn = this.parts.arn(request.path(name), "/" + name);
			if (arn != null) {
				this.regions.region(arn, "/" + name);
				if (name.endsWith("RecipeArn")) {
					version(arn, "/" + name);
				}
				home = (home != null) ? home : arn;
			}
		}
		return request.has("sourceImage") ? source(request) : home;
	}

	private @Nullable Arn source(JsonNode request) {
		String source = this.parts.text(request.path("sourceImage"), "/sourceImage");
		String region = this.parts.text(request.path("region"), "/region");
		if (source == null) {
			return null;
		}
		if (source.startsWith("arn:")) {
			Arn image = Arn.parse(source);
			this.regions.region(image, "/sourceImage");
			if (region != null && !region.equals(image.region())) {
				this.parts.violated("/region", "The source image is in %s, not in %s."
					.formatted(shortened(image.region()), shortened(region)));
			}
			return image;
		}
		if (!request.has("region")) {
			this.parts.violated("/region", "This member is required, unless sourceImage is an ARN.");
		}
		String role = this.parts.text(request.path("executionRole"), "/executionRole");
		if (region == null || role == null || !role.startsWith("arn:")) {
			return null;
		}
		Arn owner = Arn.parse(role);
		this.regions.region(owner.partition(), region, "/region");
		return new Arn(owner.partition(), "imagebuilder", region, owner.account(), "");
	}

	/** The role, if it is an ARN. */
	private @Nullable Arn role(JsonNode request, @Nullable Arn home) {
		String role = this.parts.text(request.path("executionRole"), "/executionRole");
		if (role == null) {
			return null;
		}
		if (role.startsWith("arn:")) {
			return this.regions.inPartition(request.path("executionRole"), "/executionRole",
					this.regions.partition(home));
		}
		if (request.has("sourceImage")) {
			this.parts.violated("/executionRole",
					"Must be the ARN of a role with sourceImage: its account is the account of the run.");
		}
		return null;
	}

	private void version(Arn recipe, String pointer) {
		if (NUMBER.matcher(recipe.version())
			.results()
			.anyMatch((number) -> new BigInteger(number.group()).compareTo(LARGEST_IN_VERSION) > 0)) {
			this.parts.violated(pointer, "A number in the version must be at most %d.".formatted(LARGEST_IN_VERSION));
		}
	}

	private void together(JsonNode request, Arn home, String name) {
		Arn arn = this.parts.arn(request.path(name), "/" + name);
		if (arn != null && (!home.partition().equals(arn.partition()) || !home.region().equals(arn.region()))) {
			this.parts.violated("/" + name,
					"This ARN is in %s (partition %s), the image is in %s (partition %s). ".formatted(
							shortened(arn.region()), shortened(arn.partition()), shortened(home.region()),
							shortened(home.partition())) + "Both must be in the same Region.");
		}
	}

	private void workflows(JsonNode workflows, @Nullable String partition) {
		Set<String> seen = new HashSet<>();
		for (int i = 0; i < workflows.size(); i++) {
			String pointer = "/workflows/" + i + "/workflowArn";
			Arn arn = this.regions.inPartition(workflows.path(i).path("workflowArn"), pointer, partition);
			for (String type : List.of("build", "distribution")) {
				if (arn != null && arn.resource().startsWith("workflow/" + type + "/") && !seen.add(type)) {
					this.parts.violated(pointer, "An image may have only one %s workflow.".formatted(type));
				}
			}
		}
	}

	private void imageTags(JsonNode request) {
		JsonNode tags = request.path("imageTags");
		if (tags.has(RunOptions.RUN_TAG)) {
			this.parts.violated(Violation.pointer("/imageTags", RunOptions.RUN_TAG),
					"This key is reserved: the service sets it to the id of the run.");
		}
		else if (request.has("distributionConfigurationArn") && tags.size() == MOST_TAGS) {
			this.parts.violated("/imageTags", ("Must have at most %d members with distributionConfigurationArn: "
					+ "the service adds the tag %s.")
				.formatted(MOST_TAGS - 1, RunOptions.RUN_TAG));
		}
	}

	private void distributions(JsonNode distributions, @Nullable String partition) {
		Map<String, String> seen = new HashMap<>();
		for (int i = 0; i < distributions.size(); i++) {
			JsonNode distribution = distributions.path(i);
			String pointer = "/distributions/" + i;
			String region = this.parts.text(distribution.path("region"), pointer + "/region");
			if (region != null) {
				if (partition != null) {
					this.regions.region(partition, region, pointer + "/region");
				}
				once(seen, region, pointer);
			}
			if (distribution.isObject() && !DistributionOutputs.hasAny(distribution)) {
				this.parts.violated(pointer, "In addition to its region, an entry needs at least one of: "
						+ String.join(", ", DistributionOutputs.ALL) + ".");
			}
			licences(distribution.path("licenseConfigurationArns"), pointer + "/licenseConfigurationArns", partition);
			organizations(distribution, pointer, partition);
		}
	}

	private void destinations(JsonNode distributions, String account) {
		int destinations = TargetAccounts.count(distributions, account);
		if (destinations > MOST_DESTINATIONS) {
			this.parts.violated("/distributions",
					"The entries have %d destinations: in each Region the account of the run and the target accounts. A run may have at most %d."
						.formatted(destinations, MOST_DESTINATIONS));
		}
	}

	private void once(Map<String, String> seen, String region, String pointer) {
		String first = seen.putIfAbsent(region, pointer);
		if (first != null) {
			this.parts.violated(pointer + "/region",
					"The Region %s already has an entry, %s. Each Region may have only one."
						.formatted(shortened(region), first));
		}
	}

	private void licences(JsonNode arns, String pointer, @Nullable String partition) {
		for (int i = 0; i < arns.size(); i++) {
			Arn licence = this.regions.inPartition(arns.path(i), pointer + "/" + i, partition);
			if (licence != null) {
				this.regions.region(licence, pointer + "/" + i);
			}
		}
	}

	private void organizations(JsonNode distribution, String pointer, @Nullable String partition) {
		JsonNode permission = distribution.path("amiDistributionConfiguration").path("launchPermission");
		for (String name : List.of("organizationArns", "organizationalUnitArns")) {
			JsonNode arns = permission.path(name);
			for (int i = 0; i < arns.size(); i++) {
				this.regions.inPartition(arns.path(i),
						pointer + "/amiDistributionConfiguration/launchPermission/" + name + "/" + i, partition);
			}
		}
	}

	private void deadline(JsonNode node) {
		String deadline = this.parts.text(node, "/deadline");
		if (deadline == null) {
			return;
		}
		Duration duration = Duration.parse(deadline);
		if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
			this.parts.violated("/deadline", "The deadline must be between PT5M and P7D.");
		}
	}

}
