package dev.distributeimage.policy;

import java.util.List;
import java.util.stream.Stream;

import dev.distributeimage.api.Requests;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.Violation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

class PolicyRulesTests {

	private static final String ENTRY = "/distributions/0";

	private static final String AMI = ENTRY + "/amiDistributionConfiguration";

	@Test
	void everythingThatIsListedIsAllowed() {
		assertThat(WrittenPolicy.everything().violations(RequestedRuns.everything())).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("keys")
	void whatIsNotListedIsRefused(Key key) {
		List<Violation> violations = WrittenPolicy.everythingBut(key.name()).violations(RequestedRuns.everything());
		assertThat(violations).extracting(Violation::pointer).containsExactlyInAnyOrderElementsOf(key.pointers());
		assertThat(violations).allSatisfy((violation) -> {
			assertThat(violation.rule()).isEqualTo("web." + key.name());
			assertThat(violation.detail()).startsWith("web." + key.name() + " does not allow ");
		});
	}

	static Stream<Key> keys() {
		return Stream.of(key("accounts", "/infrastructureConfigurationArn"),
				key("regions", "/imageRecipeArn", ENTRY + "/region", "/distributions/1/region"),
				key("recipes", "/imageRecipeArn"),
				key("infrastructure-configurations", "/infrastructureConfigurationArn"),
				key("outputs", ENTRY + "/licenseConfigurationArns", ENTRY + "/launchTemplateConfigurations",
						ENTRY + "/s3ExportConfiguration", ENTRY + "/fastLaunchConfigurations",
						ENTRY + "/ssmParameterConfigurations", "/distributions/1/containerDistributionConfiguration"),
				key("share.accounts", AMI + "/targetAccountIds/0", AMI + "/targetAccountIds/1",
						AMI + "/launchPermission/userIds/0", ENTRY + "/launchTemplateConfigurations/0/accountId",
						ENTRY + "/fastLaunchConfigurations/0/accountId",
						ENTRY + "/ssmParameterConfigurations/0/amiAccountId"),
				key("share.organizations", AMI + "/launchPermission/organizationArns/0",
						AMI + "/launchPermission/organizationalUnitArns/0"),
				key("share.public", AMI + "/launchPermission/userGroups/0"), key("kms-keys", AMI + "/kmsKeyId"),
				key("launch-templates", ENTRY + "/launchTemplateConfigurations/0/launchTemplateId",
						ENTRY + "/fastLaunchConfigurations/0/launchTemplate/launchTemplateName",
						ENTRY + "/fastLaunchConfigurations/1/launchTemplate/launchTemplateId"),
				key("set-default-version", ENTRY + "/launchTemplateConfigurations/0/setDefaultVersion"),
				key("ssm-parameters", ENTRY + "/ssmParameterConfigurations/0/parameterName"),
				key("s3-exports", ENTRY + "/s3ExportConfiguration"),
				key("repositories",
						"/distributions/1/containerDistributionConfiguration/targetRepository/repositoryName",
						"/imageScanningConfiguration/ecrConfiguration/repositoryName"),
				key("licences", ENTRY + "/licenseConfigurationArns/0"),
				key("tags.keys", AMI + "/amiTags/Name", AMI + "/amiTags/empty",
						"/distributions/1/containerDistributionConfiguration/containerTags/0",
						"/imageScanningConfiguration/ecrConfiguration/containerTags/0", "/imageTags/Name",
						"/distributionTags/cost~1centre"),
				key("fast-launch.max-snapshots",
						ENTRY + "/fastLaunchConfigurations/0/snapshotConfiguration/targetResourceCount"),
				key("fast-launch.max-parallel", ENTRY + "/fastLaunchConfigurations/0/maxParallelLaunches"),
				key("execution-roles", "/executionRole"), key("workflows", "/workflows/0/workflowArn"),
				key("log-groups", "/loggingConfiguration/logGroupName"));
	}

	private static Key key(String name, String... pointers) {
		return new Key(name, List.of(pointers));
	}

	@ParameterizedTest
	@CsvSource({ "names,other-*,/distributionName", "max-regions,1,/distributions",
			"max-destinations,3,/distributions" })
	void keyWithADefaultRefusesToo(String key, String value, String pointer) {
		assertRefused(WrittenPolicy.everything().with(key, value), RequestedRuns.everything(), key, pointer);
	}

	@Test
	void outputsThatAreListedReplaceTheDefault() {
		ObjectNode request = RequestedRuns.entry("{ \"amiDistributionConfiguration\": {} }");
		assertThat(WrittenPolicy.everythingBut("outputs").violations(request)).isEmpty();
		assertRefused(WrittenPolicy.everything().with("outputs", "containerDistributionConfiguration"), request,
				"outputs", AMI);
	}

	@Test
	void violationsOfAllKeysAreToldAtOnce() {
		List<Violation> violations = WrittenPolicy.empty().violations(RequestedRuns.everything());
		assertThat(violations).extracting((violation) -> String.valueOf(violation.rule()).substring("web.".length()))
			.containsOnly(keys().map(Key::name).toArray(String[]::new));
		assertThat(violations).hasSize(keys().mapToInt((key) -> key.pointers().size()).sum());
	}

	@Test
	void detailTellsWhatIsAskedForAndNotWhatIsListed() {
		List<Violation> violations = WrittenPolicy.everything()
			.with("share.accounts", "444444444444")
			.violations(RequestedRuns.everything());
		assertThat(violations.get(0).detail()).isEqualTo("web.share.accounts does not allow 111111111111.");
		assertThat(violations.toString()).doesNotContain("444444444444");
	}

	@ParameterizedTest
	@CsvSource({ "WEB_x,true", "web-1,true", "Web 1,true", "web_,true", "my-web-1,false", "web,false" })
	void nameIsComparedAsAwsComparesIt(String name, boolean allowed) {
		ObjectNode request = RequestedRuns.everything().put("distributionName", name);
		assertThat(WrittenPolicy.everything().with("names", "web-*").violations(request).isEmpty()).isEqualTo(allowed);
		assertThat(WrittenPolicy.everything().with("names", "Web_*").violations(request).isEmpty()).isEqualTo(allowed);
	}

	@ParameterizedTest
	@CsvSource({ "alias/images,alias/images", "alias/a/b,alias/a/b",
			"01234567-89ab-cdef-0123-456789abcdef,key/01234567-89ab-cdef-0123-456789abcdef",
			"arn:aws:kms:eu-west-1:123456789012:key/1,key/1" })
	void bareKeyIsOneOfTheRunsAccountAndTheEntrysRegion(String key, String resource) {
		ObjectNode request = RequestedRuns.entry("""
				{ "amiDistributionConfiguration": { "kmsKeyId": "%s" } }""".formatted(key));
		String arn = "arn:aws:kms:eu-west-1:123456789012:" + resource;
		assertThat(WrittenPolicy.everything().with("kms-keys", arn).violations(request)).isEmpty();
		assertRefused(WrittenPolicy.everything().with("kms-keys", arn.replace("eu-west-1", "us-east-1")), request,
				"kms-keys", AMI + "/kmsKeyId");
		assertRefused(WrittenPolicy.everything().with("kms-keys", arn.replace("3456", "9999")), request, "kms-keys",
				AMI + "/kmsKeyId");
	}

	@ParameterizedTest
	@ValueSource(strings = { "builds", "arn:aws:iam::123456789012:role/builds" })
	void bareRoleIsOneOfTheRunsAccount(String role) {
		ObjectNode request = RequestedRuns.everything().put("executionRole", role);
		assertThat(WrittenPolicy.everything().violations(request)).isEmpty();
		assertRefused(WrittenPolicy.everything().with("execution-roles", "arn:aws:iam::999999999999:role/builds"),
				request, "execution-roles", "/executionRole");
	}

	@Test
	void defaultVersionMovesUnlessTheRequestSaysOtherwise() {
		String template = "{ \"launchTemplateConfigurations\": [ { \"launchTemplateId\": \"lt-0123456789abcdef0\"%s } ] }";
		WrittenPolicy policy = WrittenPolicy.everythingBut("set-default-version");
		assertRefused(policy, RequestedRuns.entry(template.formatted("")), "set-default-version",
				ENTRY + "/launchTemplateConfigurations/0/setDefaultVersion");
		assertThat(policy.violations(RequestedRuns.entry(template.formatted(", \"setDefaultVersion\": false"))))
			.isEmpty();
	}

	@Test
	void fastLaunchNeedsItsNumbersUnlessItIsOff() {
		ObjectNode request = RequestedRuns.entry("{ \"fastLaunchConfigurations\": [ { \"enabled\": true } ] }");
		assertThat(WrittenPolicy.everything().violations(request)).extracting(Violation::pointer)
			.containsExactly(ENTRY + "/fastLaunchConfigurations/0/snapshotConfiguration/targetResourceCount",
					ENTRY + "/fastLaunchConfigurations/0/maxParallelLaunches");
		request = RequestedRuns.entry("{ \"fastLaunchConfigurations\": [ { \"enabled\": false } ] }");
		assertThat(WrittenPolicy.everythingBut("fast-launch").violations(request)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "images,web/,vmimport,true", "images,web/1,vmimport,true", "images,,vmimport,false",
			"images,web/1/2,vmimport,false", "other,web/,vmimport,false", "images,web/,admin,false",
			"archive,,export,true", "archive,web/,export,false", "images,,export,false" })
	void exportMustMatchOneEntryInAllThree(String bucket, String prefix, String role, boolean allowed) {
		WrittenPolicy policy = WrittenPolicy.everything()
			.with("s3-exports[1].bucket", "archive")
			.with("s3-exports[1].role", "export");
		String withPrefix = (prefix != null) ? ", \"s3Prefix\": \"" + prefix + "\"" : "";
		ObjectNode request = RequestedRuns.entry("""
				{ "s3ExportConfiguration": {
				    "roleName": "%s", "diskImageFormat": "RAW", "s3Bucket": "%s"%s } }""".formatted(role, bucket,
				withPrefix));
		assertThat(policy.violations(request).isEmpty()).isEqualTo(allowed);
	}

	@Test
	void emptyListOfGroupsMakesNothingPublic() {
		ObjectNode request = RequestedRuns
			.entry("{ \"amiDistributionConfiguration\": { \"launchPermission\": { \"userGroups\": [] } } }");
		assertThat(WrittenPolicy.everythingBut("share.public").violations(request)).isEmpty();
	}

	@Test
	void containerRecipeAndReusedConfigurationHaveTheirPatterns() {
		WrittenPolicy policy = WrittenPolicy.everything()
			.with("recipes", "arn:aws:imagebuilder:*:123456789012:container-recipe/*/*")
			.with("distribution-configurations",
					"arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/w*");
		assertThat(policy.violations(RequestedRuns.reusing())).isEmpty();
		assertThat(WrittenPolicy.everything().violations(RequestedRuns.reusing())).extracting(Violation::pointer)
			.containsExactly("/containerRecipeArn", "/distributionConfigurationArn");
	}

	@ParameterizedTest
	@CsvSource({ "ami-0123456789abcdef0,ami-*", "ssm:/images/web,ssm:/images/*",
			"arn:aws:imagebuilder:us-east-1:123456789012:image/web/1.0.0/1,arn:aws:imagebuilder:*:123456789012:image/*/*/*" })
	void sourceImageHasItsPatternsAndIsOfTheAccountOfTheRole(String image, String pattern) {
		ObjectNode request = RequestedRuns.distributing(image);
		assertThat(WrittenPolicy.everything().with("source-images", pattern).violations(request)).isEmpty();
		assertRefused(WrittenPolicy.everything(), request, "source-images", "/sourceImage");
		assertRefused(WrittenPolicy.everythingBut("accounts").with("source-images", pattern), request, "accounts",
				"/executionRole");
		assertRefused(WrittenPolicy.everything().with("source-images", pattern).with("regions", "eu-*"), request,
				"regions", image.startsWith("arn:") ? "/sourceImage" : "/region");
	}

	@Test
	void moreThanAreListedAreNotLookedFor() {
		ObjectNode request = RequestedRuns.entry("{ \"amiDistributionConfiguration\": { \"targetAccountIds\": [] } }");
		ArrayNode accounts = (ArrayNode) request.at(AMI + "/targetAccountIds");
		for (int i = 0; i < 1500; i++) {
			accounts.add("%012d".formatted(i));
		}
		assertThat(WrittenPolicy.everything().violations(request)).hasSize(ProblemException.MOST_LISTED + 1);
	}

	@Test
	void longTextIsNotRepeatedInFull() {
		ObjectNode request = Requests.with(RequestedRuns.everything(), AMI + "/kmsKeyId",
				"\"alias/" + "x".repeat(1000) + "\"");
		assertThat(WrittenPolicy.everything().violations(request)).hasSize(1)
			.allSatisfy((violation) -> assertThat(violation.detail()).hasSizeLessThan(300));
	}

	private static void assertRefused(WrittenPolicy policy, ObjectNode request, String key, String pointer) {
		List<Violation> violations = policy.violations(request);
		assertThat(violations).extracting(Violation::rule).containsExactly("web." + key);
		assertThat(violations).extracting(Violation::pointer).containsExactly(pointer);
	}

	/**
	 * A key that all others can do without.
	 *
	 * @param pointers what it refuses if it has no value
	 */
	record Key(String name, List<String> pointers) {
	}

}
