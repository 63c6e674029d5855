package dev.distributeimage.policy;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.RunOptions;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.mock.env.MockEnvironment;

/** A policy, {@code web}, as an operator writes it. */
record WrittenPolicy(MockEnvironment environment) {

	private static final String SETTING = "distribute-image.policies.web.";

	static WrittenPolicy empty() {
		return new WrittenPolicy(new MockEnvironment()).with("max-regions", "50");
	}

	/**
	 * A policy that allows {@link RequestedRuns#everything()}, and no more of anything.
	 */
	static WrittenPolicy everything() {
		WrittenPolicy policy = empty();
		EVERYTHING.forEach(policy::with);
		return policy;
	}

	private static final Map<String, String> EVERYTHING = Map.ofEntries(Map.entry("accounts", "123456789012"),
			Map.entry("regions", "eu-west-1,us-*-1"),
			Map.entry("recipes", "arn:aws:imagebuilder:eu-west-1:aws:image-recipe/web-server/1.*"),
			Map.entry("infrastructure-configurations",
					"arn:aws:imagebuilder:*:123456789012:infrastructure-configuration/build-*"),
			Map.entry("names", "My_*"),
			Map.entry("outputs",
					"amiDistributionConfiguration,containerDistributionConfiguration,licenseConfigurationArns,"
							+ "launchTemplateConfigurations,s3ExportConfiguration,fastLaunchConfigurations,"
							+ "ssmParameterConfigurations"),
			Map.entry("share.accounts", "111111111111,222222222222,333333333333"),
			Map.entry("share.organizations",
					"arn:aws:organizations::123456789012:organization/o-abcdefghij,"
							+ "arn:aws:organizations::123456789012:ou/o-abcdefghij/ou-ab12-abcd1234"),
			Map.entry("share.public", "true"), Map.entry("kms-keys", "arn:aws:kms:eu-west-1:123456789012:alias/images"),
			Map.entry("launch-templates", "lt-0123456789abcdef0,web"), Map.entry("set-default-version", "true"),
			Map.entry("ssm-parameters", "/images/*"), Map.entry("s3-exports[0].bucket", "images"),
			Map.entry("s3-exports[0].prefix", "web/*"), Map.entry("s3-exports[0].role", "vmimport"),
			Map.entry("repositories", "web,scans"),
			Map.entry("licences", "arn:aws:license-manager:eu-west-1:123456789012:license-configuration:lic-*"),
			Map.entry("tags.keys", "Name,empty,latest,cost/centre"), Map.entry("fast-launch.max-snapshots", "5"),
			Map.entry("fast-launch.max-parallel", "6"),
			Map.entry("execution-roles", "arn:aws:iam::123456789012:role/builds"),
			Map.entry("workflows", "arn:aws:imagebuilder:eu-west-1:123456789012:workflow/build/*/*"),
			Map.entry("log-groups", "/builds/*"), Map.entry("max-regions", "2"), Map.entry("max-destinations", "4"));

	/** Returns the policy with a value for a key. */
	WrittenPolicy with(String key, String value) {
		this.environment.setProperty(SETTING + key, value);
		return this;
	}

	/** Returns a policy that allows everything but what a key allows. */
	static WrittenPolicy everythingBut(String key) {
		WrittenPolicy policy = empty();
		EVERYTHING.forEach((other, value) -> {
			if (!other.startsWith(key)) {
				policy.with(other, value);
			}
		});
		return policy;
	}

	List<Violation> violations(ObjectNode request) {
		return read().violations(inputs(request));
	}

	Policy read() {
		return Objects.requireNonNull(ConfiguredPolicies.of(this.environment).get("web"));
	}

	static RunInput inputs(JsonNode request) {
		return new RunInput(text(request, "distributionName"),
				request.has("distributions") ? request.path("distributions") : null, text(request, "imageRecipeArn"),
				text(request, "infrastructureConfigurationArn"), RunOptions.of(request));
	}

	private static @Nullable String text(JsonNode request, String name) {
		return request.has(name) ? request.path(name).asString() : null;
	}

}
