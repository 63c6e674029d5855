package dev.distributeimage.policy;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.distributeimage.aws.Arn;
import dev.distributeimage.policy.Rule.Condition;
import dev.distributeimage.run.DistributionOutputs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The keys of a policy: for each, the inputs that it is about, as what they are read, and
 * what is allowed. An input without a key here may be asked for by everybody.
 */
final class PolicyRules {

	private static final String ENTRY = "/distributions/*";

	private static final String AMI = ENTRY + "/amiDistributionConfiguration";

	private static final String CONTAINER = ENTRY + "/containerDistributionConfiguration";

	private static final String TEMPLATE = ENTRY + "/launchTemplateConfigurations/*";

	private static final String FAST_LAUNCH = ENTRY + "/fastLaunchConfigurations/*";

	private static final String SCAN = "/imageScanningConfiguration/ecrConfiguration";

	private final AllowLists lists;

	private final PolicySettings settings;

	private PolicyRules(String policy, PolicySettings settings) {
		this.lists = new AllowLists(policy);
		this.settings = settings;
	}

	/** The rules of a policy, by the name of its setting. */
	static List<Rule> of(String policy, PolicySettings settings) {
		PolicyRules rules = new PolicyRules(policy, settings);
		return Stream.of(rules.places(), rules.image(), rules.build(), rules.outputs(), rules.sharing(), rules.limits())
			.flatMap(List::stream)
			.toList();
	}

	private List<Rule> places() {
		return List.of(
				Rule.of("accounts",
						read(RequestedRun::account, this.lists.accounts("accounts", this.settings.accounts())),
						"/infrastructureConfigurationArn", "/executionRole"),
				Rule.of("regions", read(RequestedRun::region, this.lists.patterns("regions", this.settings.regions())),
						"/imageRecipeArn", "/containerRecipeArn", "/sourceImage", "/region", ENTRY + "/region"),
				Rule.of("names",
						read(RequestedRun::name,
								this.lists.patterns("names", this.settings.names(), Arn::normalizedName)),
						"/distributionName"),
				Rule.of("distribution-configurations",
						arns("distribution-configurations", this.settings.distributionConfigurations(),
								"imagebuilder:eu-west-1:123456789012:distribution-configuration/web-*"),
						"/distributionConfigurationArn"));
	}

	private List<Rule> image() {
		return List.of(
				Rule.of("recipes",
						arns("recipes", this.settings.recipes(),
								"imagebuilder:eu-west-1:123456789012:image-recipe/web/*"),
						"/imageRecipeArn", "/containerRecipeArn"),
				Rule.of("source-images", texts("source-images", this.settings.sourceImages()), "/sourceImage"),
				Rule.of("tags.keys", read((run, tag) -> tag.token(), tags()), AMI + "/amiTags/*", "/distributionTags/*",
						"/imageTags/*"),
				Rule.of("tags.keys", read((run, tag) -> tag.text(), tags()), CONTAINER + "/containerTags/*",
						SCAN + "/containerTags/*"));
	}

	private Predicate<String> tags() {
		return this.lists.patterns("tags.keys", this.settings.tags().keys());
	}

	private List<Rule> build() {
		return List.of(
				Rule.of("infrastructure-configurations",
						arns("infrastructure-configurations", this.settings.infrastructureConfigurations(),
								"imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web"),
						"/infrastructureConfigurationArn"),
				Rule.of("execution-roles",
						read(RequestedRun::role,
								this.lists.arns("execution-roles", this.settings.executionRoles(),
										"arn:aws:iam::123456789012:role/image-builder-*")),
						"/executionRole"),
				Rule.of("workflows",
						arns("workflows", this.settings.workflows(),
								"imagebuilder:eu-west-1:123456789012:workflow/build/web/*"),
						"/workflows/*/workflowArn"),
				Rule.of("log-groups", texts("log-groups", this.settings.logGroups()),
						"/loggingConfiguration/logGroupName"));
	}

	private List<Rule> outputs() {
		return List.of(
				Rule.of("outputs",
						read(PolicyRules::output,
								this.lists.texts("outputs", this.settings.outputs(), DistributionOutputs.ALL)),
						ENTRY + "/*"),
				Rule.of("kms-keys",
						read(RequestedRun::key,
								this.lists.arns("kms-keys", this.settings.kmsKeys(),
										"arn:aws:kms:eu-west-1:123456789012:alias/images")),
						AMI + "/kmsKeyId"),
				Rule.of("launch-templates", texts("launch-templates", this.settings.launchTemplates()),
						TEMPLATE + "/launchTemplateId", FAST_LAUNCH + "/launchTemplate/launchTemplateId",
						FAST_LAUNCH + "/launchTemplate/launchTemplateName"),
				Rule.of("set-default-version", this::defaultVersion, TEMPLATE + "/setDefaultVersion").orAbsent(),
				Rule.of("ssm-parameters", texts("ssm-parameters", this.settings.ssmParameters()),
						ENTRY + "/ssmParameterConfigurations/*/parameterName"),
				Rule.of("s3-exports", exports(), ENTRY + "/s3ExportConfiguration"),
				Rule.of("repositories", texts("repositories", this.settings.repositories()),
						CONTAINER + "/targetRepository/repositoryName", SCAN + "/repositoryName"),
				Rule.of("licences",
						read((run, licence) -> licence.text(),
								this.lists.arns("licences", this.settings.licences(),
										"arn:aws:license-manager:eu-west-1:123456789012:license-configuration:*")),
						ENTRY + "/licenseConfigurationArns/*"));
	}

	private static @Nullable String output(RequestedRun run, Input member) {
		return member.token().equals("region") ? null : member.token();
	}

	private @Nullable String defaultVersion(RequestedRun run, Input member) {
		if (this.settings.setDefaultVersion() || !member.value().asBoolean(true)) {
			return null;
		}
		return member.isAbsent() ? "setDefaultVersion to be left out, which AWS takes for true"
				: "setDefaultVersion to be true";
	}

	private Condition exports() {
		List<Predicate<JsonNode>> allowed = this.settings.s3Exports().stream().map(this::export).toList();
		return (run, input) -> {
			JsonNode export = input.value();
			if (allowed.stream().anyMatch((one) -> one.test(export))) {
				return null;
			}
			return "the role %s to export to the bucket %s with the prefix '%s'".formatted(
					export.path("roleName").asString(), export.path("s3Bucket").asString(),
					export.path("s3Prefix").asString(""));
		};
	}

	private Predicate<JsonNode> export(PolicySettings.S3Export export) {
		TextPattern bucket = this.lists.pattern("s3-exports.bucket", export.bucket());
		TextPattern prefix = export.prefix().isEmpty() ? new TextPattern("")
				: this.lists.pattern("s3-exports.prefix", export.prefix());
		TextPattern role = this.lists.pattern("s3-exports.role", export.role());
		return (asked) -> bucket.matches(asked.path("s3Bucket").asString())
				&& prefix.matches(asked.path("s3Prefix").asString(""))
				&& role.matches(asked.path("roleName").asString());
	}

	private List<Rule> sharing() {
		PolicySettings.Share share = this.settings.share();
		String permission = AMI + "/launchPermission";
		return List.of(
				Rule.of("share.accounts",
						read((run, account) -> account.text(), this.lists.accounts("share.accounts", share.accounts())),
						AMI + "/targetAccountIds/*", permission + "/userIds/*", TEMPLATE + "/accountId",
						FAST_LAUNCH + "/accountId", ENTRY + "/ssmParameterConfigurations/*/amiAccountId"),
				Rule.of("share.organizations",
						read((run, organization) -> organization.text(),
								this.lists.wholeArns("share.organizations", share.organizations(),
										"arn:aws:organizations::123456789012:organization/o-abcdefghij")),
						permission + "/organizationArns/*", permission + "/organizationalUnitArns/*"),
				Rule.of("share.public", (run, group) -> share.isPublic() ? null : "a public AMI",
						permission + "/userGroups/*"));
	}

	private List<Rule> limits() {
		int regions = this.lists.limit("max-regions", this.settings.maxRegions());
		int destinations = this.lists.limit("max-destinations", this.settings.maxDestinations());
		PolicySettings.FastLaunch fastLaunch = this.settings.fastLaunch();
		return List.of(
				Rule.of("fast-launch.max-snapshots",
						fastLaunch(this.lists.limit("fast-launch.max-snapshots", fastLaunch.maxSnapshots())),
						FAST_LAUNCH + "/snapshotConfiguration/targetResourceCount")
					.orAbsent(),
				Rule.of("fast-launch.max-parallel",
						fastLaunch(this.lists.limit("fast-launch.max-parallel", fastLaunch.maxParallel())),
						FAST_LAUNCH + "/maxParallelLaunches")
					.orAbsent(),
				Rule.of("max-regions",
						(run, entries) -> (entries.value().size() > regions) ? entries.value().size() + " Regions"
								: null,
						"/distributions"),
				Rule.of("max-destinations", (run, entries) -> (run.destinations() > destinations)
						? run.destinations() + " destinations" : null, "/distributions"));
	}

	private static Condition fastLaunch(int most) {
		return (run, number) -> {
			if (number.isAbsent()) {
				return number.neighbour("enabled").asBoolean(false)
						? "%s to be left out, which lets EC2 choose it".formatted(number.token()) : null;
			}
			return (number.value().asLong() > most) ? "%s to be %s".formatted(number.token(), number.value()) : null;
		};
	}

	private Condition texts(String key, List<String> patterns) {
		return read((run, input) -> input.text(), this.lists.patterns(key, patterns));
	}

	private Condition arns(String key, List<String> patterns, String example) {
		return read((run, input) -> input.text(), this.lists.arns(key, patterns, "arn:aws:" + example));
	}

	/** Requires that an input is allowed as what it is read. */
	private static Condition read(BiFunction<RequestedRun, Input, @Nullable String> reading,
			Predicate<String> allowed) {
		return (run, input) -> {
			String text = reading.apply(run, input);
			return (text == null || allowed.test(text)) ? null : text;
		};
	}

}
