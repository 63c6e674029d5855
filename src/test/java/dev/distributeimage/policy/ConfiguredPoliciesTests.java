package dev.distributeimage.policy;

import java.util.Map;

import dev.distributeimage.startup.RefusedStartException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ConfiguredPoliciesTests {

	@Test
	void withoutSettingsThereIsNone() {
		assertThat(ConfiguredPolicies.of(new MockEnvironment())).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"acounts | 1 | A policy has no such key, which must be corrected or removed: distribute-image.policies.web.acounts.",
			"share.all | true | no such key", "s3-exports[0].region | eu-west-1 | no such key",
			"max-regions.x | 1 | no such key", "max-regions | many | web.max-regions must be a whole number.",
			"max-regions | -1 | web.max-regions must not be negative, and has '-1'.",
			"max-destinations | 1.5 | must be a whole number",
			"fast-launch.max-snapshots | -5 | web.fast-launch.max-snapshots must not be negative",
			"share.public | perhaps | web.share.public must be true or false.",
			"share | everybody | web.share must be the keys of a policy.",
			"accounts | 12345678901 | web.accounts must list accounts, each as 12 digits in quotes, and has '12345678901'.",
			"accounts | * | must list accounts", "share.accounts | 12345678901x | must list accounts",
			"share.organizations | arn:aws:organizations::123456789012:organization/* | must list whole ARNs",
			"share.organizations | o-abcdefghij | must list whole ARNs",
			"outputs | amiDistribution | web.outputs must list some of amiDistributionConfiguration",
			"recipes | * | web.recipes must list patterns such as arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/*",
			"recipes | arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/* | must list patterns such as",
			"recipes | arn:aws:ec2:eu-west-1:123456789012:image-recipe/web/1.0.0 | must list patterns such as",
			"recipes | arn:aws:imagebuilder:*:image-recipe/web/1.0.0 | must list patterns such as",
			"infrastructure-configurations | web | must list patterns such as",
			"distribution-configurations | web | must list patterns such as",
			"workflows | arn:aws:imagebuilder:eu-west-1:123456789012:workflow/web/* | must list patterns such as",
			"kms-keys | alias/images | must list patterns such as",
			"execution-roles | builds | must list patterns such as", "licences | lic-* | must list patterns such as",
			"regions | eu-** | must have one * where it has two", "names | ' ' | must have patterns that are not empty",
			"ssm-parameters[0] | ' /images/*' | do not begin or end with a space, and has ' /images/*'",
			"s3-exports[0].bucket | images | web.s3-exports.role must have patterns that are not empty",
			"s3-exports[0].role | vmimport | web.s3-exports.bucket must have patterns that are not empty" })
	void settingThatCannotBeMeantIsRefused(String key, String value, String sentence) {
		assertThatExceptionOfType(RefusedStartException.class)
			.isThrownBy(() -> WrittenPolicy.empty().with(key, value).read())
			.withMessageContaining(sentence.strip())
			.withMessageMatching("[^.].*\\.");
	}

	@ParameterizedTest
	@CsvSource({ "Web", "web.release", "a-name-that-is-longer-than-32-characters", "web_1" })
	void nameThatCallersCouldNotHaveIsRefused(String name) {
		MockEnvironment environment = new MockEnvironment()
			.withProperty("distribute-image.policies[%s].max-regions".formatted(name), "1");
		assertThatExceptionOfType(RefusedStartException.class).isThrownBy(() -> ConfiguredPolicies.of(environment))
			.withMessageContaining("is no name");
	}

	@ParameterizedTest
	@CsvSource({ "distribute-image.policies.web,all", "distribute-image.policies,all" })
	void textInThePlaceOfKeysIsRefused(String setting, String value) {
		MockEnvironment environment = new MockEnvironment().withProperty(setting, value);
		assertThatExceptionOfType(RefusedStartException.class).isThrownBy(() -> ConfiguredPolicies.of(environment))
			.withMessageContaining(setting + " must be ");
	}

	@Test
	void policyWithoutKeysAllowsNothing() {
		WrittenPolicy policy = new WrittenPolicy(
				new MockEnvironment().withProperty("distribute-image.policies.web", ""));
		assertThat(policy.violations(RequestedRuns.everything()))
			.isEqualTo(WrittenPolicy.empty().violations(RequestedRuns.everything()));
	}

	@Test
	void environmentVariablesMayWriteAPolicy() {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment",
					Map.of("DISTRIBUTEIMAGE_POLICIES_WEB_ACCOUNTS", "123456789012",
							"DISTRIBUTEIMAGE_POLICIES_WEB_SHARE_PUBLIC", "true",
							"DISTRIBUTEIMAGE_POLICIES_WEB_S3EXPORTS_0_BUCKET", "images",
							"DISTRIBUTEIMAGE_POLICIES_WEB_S3EXPORTS_0_ROLE", "vmimport",
							"DISTRIBUTEIMAGE_POLICIES_WEB_FASTLAUNCH_MAXSNAPSHOTS", "3")));
		assertThat(ConfiguredPolicies.of(environment)).containsOnlyKeys("web");
	}

	@Test
	void environmentVariableThatIsMisspelledIsRefused() {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment",
					Map.of("DISTRIBUTEIMAGE_POLICIES_WEB_MAXREGOINS", "3")));
		assertThatExceptionOfType(RefusedStartException.class).isThrownBy(() -> ConfiguredPolicies.of(environment))
			.withMessageContaining("distributeimage.policies.web.maxregoins");
	}

	@Test
	void shorterListMayReplaceALongerOne() {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.addFirst(new MapPropertySource("defaults", Map.of("distribute-image.policies.web.accounts[0]",
					"111111111111", "distribute-image.policies.web.accounts[1]", "222222222222")));
		environment.getPropertySources()
			.addFirst(new MapPropertySource("own", Map.of("distribute-image.policies.web.accounts", "333333333333")));
		assertThat(ConfiguredPolicies.of(environment)).containsOnlyKeys("web");
	}

	@Test
	void emptyListAllowsNothing() {
		WrittenPolicy policy = WrittenPolicy.everything().with("accounts", "").with("names", "");
		assertThat(policy.violations(RequestedRuns.everything())).extracting((violation) -> violation.rule())
			.containsExactly("web.accounts", "web.names");
	}

}
