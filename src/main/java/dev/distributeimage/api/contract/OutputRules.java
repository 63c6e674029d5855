package dev.distributeimage.api.contract;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import dev.distributeimage.aws.Arn;
import dev.distributeimage.run.DistributionOutputs;
import dev.distributeimage.run.TargetAccounts;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import static dev.distributeimage.api.contract.WellFormedParts.shortened;

/**
 * Rules for the outputs of a run that AWS applies only once the image is built: a
 * violation would cost a build.
 */
final class OutputRules {

	private static final Pattern PLACEHOLDER = Pattern
		.compile("\\{\\{ {0,100}imagebuilder:build(Date|Version) {0,100}\\}\\}");

	/** The longest date that Image Builder is known to fill in. */
	private static final String DATE = "2026-09-09T19-19-08.103311Z";

	/** EC2's limit for the name of an AMI. */
	private static final int LONGEST_NAME = 128;

	private final JsonNode request;

	private final WellFormedParts parts;

	OutputRules(JsonNode request, WellFormedParts parts) {
		this.request = request;
		this.parts = parts;
	}

	/** Checks the request. */
	void check() {
		Arn owner = arn(this.request.has("sourceImage") ? "executionRole" : "infrastructureConfigurationArn");
		JsonNode distributions = this.request.path("distributions");
		for (int i = 0; i < distributions.size(); i++) {
			JsonNode entry = distributions.path(i);
			String pointer = "/distributions/" + i;
			kind(entry, pointer);
			name(entry.path("amiDistributionConfiguration"), pointer + "/amiDistributionConfiguration");
			key(entry, pointer);
			if (owner != null && hasKnownAccounts(pointer + "/amiDistributionConfiguration")) {
				parameters(entry, pointer, owner.account());
			}
		}
	}

	/** An entry needs an output of the kind that the run makes, if that is known. */
	private void kind(JsonNode entry, String pointer) {
		boolean makesAmis = this.request.has("imageRecipeArn") || this.request.has("sourceImage");
		if (makesAmis == this.request.has("containerRecipeArn")) {
			return;
		}
		boolean hasAmis = DistributionOutputs.hasAnyOfAmis(entry);
		if (makesAmis && entry.has(DistributionOutputs.CONTAINER) && !hasAmis) {
			this.parts.violated(pointer + "/" + DistributionOutputs.CONTAINER,
					"Only a container recipe makes container images. Add amiDistributionConfiguration, or remove the entry.");
		}
		if (!makesAmis && hasAmis && !entry.has(DistributionOutputs.CONTAINER)) {
			this.parts.violated(pointer, "A container recipe makes no AMI. Add %s, or remove the entry."
				.formatted(DistributionOutputs.CONTAINER));
		}
	}

	private void name(JsonNode ami, String pointer) {
		String name = text(ami, pointer, "name");
		if (name != null) {
			int length = PLACEHOLDER.matcher(name)
				.replaceAll((placeholder) -> placeholder.group(1).equals("Date") ? DATE : "1")
				.length();
			if (length > LONGEST_NAME) {
				this.parts.violated(pointer + "/name",
						"The name has %d characters once it is filled in. EC2 takes at most %d.".formatted(length,
								LONGEST_NAME));
			}
		}
	}

	private void key(JsonNode entry, String pointer) {
		String at = pointer + "/amiDistributionConfiguration";
		String key = text(entry.path("amiDistributionConfiguration"), at, "kmsKeyId");
		String region = text(entry, pointer, "region");
		if (key == null || region == null || !key.startsWith("arn:")) {
			return;
		}
		Arn arn = Arn.parse(key);
		String partition = partition();
		if (partition != null && !arn.partition().equals(partition)) {
			this.parts.violated(at + "/kmsKeyId", "This ARN is in the partition %s, but the image is in %s."
				.formatted(shortened(arn.partition()), partition));
		}
		else if (!arn.region().equals(region)) {
			this.parts.violated(at + "/kmsKeyId",
					"The key is in %s, but the entry is for %s. Name a key in that Region, or an alias such as alias/images."
						.formatted(shortened(arn.region()), shortened(region)));
		}
	}

	/** The partition of the image, as far as an ARN tells. */
	private @Nullable String partition() {
		for (String name : List.of("imageRecipeArn", "containerRecipeArn", "infrastructureConfigurationArn",
				"sourceImage", "executionRole")) {
			Arn arn = arn(name);
			if (arn != null) {
				return shortened(arn.partition());
			}
		}
		return null;
	}

	private void parameters(JsonNode entry, String pointer, String account) {
		Set<String> accounts = TargetAccounts.of(entry, account);
		JsonNode parameters = entry.path("ssmParameterConfigurations");
		for (int i = 0; i < parameters.size(); i++) {
			String at = pointer + "/ssmParameterConfigurations/" + i;
			String owner = text(parameters.path(i), at, "amiAccountId");
			if (owner != null && !accounts.contains(owner)) {
				this.parts.violated(at + "/amiAccountId",
						"The account %s gets no AMI from this entry. Name %s or one of targetAccountIds."
							.formatted(owner, account));
			}
		}
	}

	private boolean hasKnownAccounts(String pointer) {
		return this.parts.isAt(pointer) && this.parts.areAllAt(pointer + "/targetAccountIds");
	}

	private @Nullable Arn arn(String name) {
		return this.parts.arn(this.request.path(name), "/" + name);
	}

	private @Nullable String text(JsonNode parent, String pointer, String name) {
		return this.parts.text(parent.path(name), pointer + "/" + name);
	}

}
