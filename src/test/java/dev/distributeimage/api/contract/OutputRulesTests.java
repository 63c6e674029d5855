package dev.distributeimage.api.contract;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

import dev.distributeimage.api.Requests;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.Violation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Tests what AWS would refuse only after the build. */
class OutputRulesTests {

	private static final String AMI = "/distributions/0/amiDistributionConfiguration";

	private static final String DATE = "{{ imagebuilder:buildDate }}";

	private final StartRun startRun = new StartRun(new TwoPartitions());

	@ParameterizedTest
	@ValueSource(strings = { "web " + DATE, "{{imagebuilder:buildVersion}} of " + DATE, DATE + DATE,
			"a{{   imagebuilder:buildVersion}}{{imagebuilder:buildDate   }}z" })
	void nameThatIsValidOnceFilledInIsValid(String name) {
		assertThatNoException().isThrownBy(() -> check(named(name)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "web: " + DATE, "web:1 " + DATE, "{web} " + DATE, "web {{ buildDate }} " + DATE,
			"web {" + DATE + "}", "{{ imagebuilder:buildId }} " + DATE, "{{ imagebuilder:builddate }} " + DATE,
			"{{{{imagebuilder:buildDate}}}}", "{{\timagebuilder:buildVersion }} " + DATE, "web\u00a0" + DATE,
			"web\u3000" + DATE, "web\t" + DATE, "web\u2028" + DATE })
	void nameThatEc2WouldRefuseIsViolation(String name) {
		assertThat(violations(named(name))).singleElement().satisfies((violation) -> {
			assertThat(violation.pointer()).isEqualTo(AMI + "/name");
			assertThat(violation.detail()).startsWith("In an AMI name, colons and braces may only be those of {{");
		});
	}

	@Test
	void everyFaultOfANameIsAViolation() {
		assertThat(violations(named("web:#"))).extracting(Violation::pointer)
			.containsExactly(AMI + "/name", AMI + "/name", AMI + "/name");
		assertThat(violations(named(DATE + "\n"))).hasSize(2);
	}

	@Test
	void nameOfTwoDatesMayBecomeTooLong() {
		String dates = "{{imagebuilder:buildDate}}".repeat(2);
		assertThatNoException().isThrownBy(() -> check(named("x".repeat(74) + dates)));
		assertThat(violations(named("x".repeat(75) + dates))).containsExactly(Violation.at(AMI + "/name",
				"The name has 129 characters once it is filled in. EC2 takes at most 128."));
	}

	@ParameterizedTest
	@ValueSource(strings = { "alias/images", "1234abcd-12ab-34cd-56ef-1234567890ab",
			"arn:aws:kms:eu-west-1:999999999999:key/1234abcd-12ab-34cd-56ef-1234567890ab",
			"arn:aws:kms:eu-west-1:123456789012:alias/images/web_1", "mrk-1234abcd12ab34cd56ef1234567890ab" })
	void keyOfTheRegionOfItsEntryIsValid(String key) {
		assertThatNoException().isThrownBy(() -> check(with(AMI + "/kmsKeyId", text(key))));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			arn:aws:kms:us-east-1:123456789012:key/1    | The key is in us-east-1, but the entry is for eu-west-1.
			arn:aws:kms:us-east-1:123456789012:alias/a  | The key is in us-east-1, but the entry is for eu-west-1.
			arn:aws-cn:kms:eu-west-1:123456789012:key/1 | This ARN is in the partition aws-cn, but the image is in aws.
			arn:aws:kms:eu-west-1:123456789012:1        | A KMS key ARN must have the form arn:aws:kms:REGION:ACCOUNT
			arn:aws:ec2:eu-west-1:123456789012:key/1    | A KMS key ARN must have the form arn:aws:kms:REGION:ACCOUNT
			arn:                                        | A KMS key ARN must have the form arn:aws:kms:REGION:ACCOUNT
			""")
	void keyThatIsNotOfTheRegionOfItsEntryIsViolation(String key, String detail) {
		assertThat(violations(with(AMI + "/kmsKeyId", text(key)))).singleElement().satisfies((violation) -> {
			assertThat(violation.pointer()).isEqualTo(AMI + "/kmsKeyId");
			assertThat(violation.detail()).startsWith(detail);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "123456789012", "111111111111", "222222222222" })
	void parameterOfAnAccountOfTheEntryIsValid(String account) {
		assertThatNoException()
			.isThrownBy(() -> check(with("/distributions/0/ssmParameterConfigurations/0/amiAccountId", text(account))));
	}

	@Test
	void parameterOfAnotherAccountIsViolation() {
		String owner = "/distributions/0/ssmParameterConfigurations/0/amiAccountId";
		assertThat(violations(with(owner, text("333333333333")))).containsExactly(Violation.at(owner,
				"The account 333333333333 gets no AMI from this entry. Name 123456789012 or one of targetAccountIds."));
		ObjectNode request = Requests.without(Requests.everything(), AMI + "/targetAccountIds");
		assertThat(violations(request)).extracting(Violation::pointer).containsExactly(owner);
	}

	@Test
	void launchTemplateByIdAndNameIsViolationAtBoth() {
		String template = "/distributions/0/fastLaunchConfigurations/1/launchTemplate";
		assertThat(violations(with(template + "/launchTemplateName", text("web")))).containsExactlyInAnyOrder(
				Violation.at(template + "/launchTemplateId",
						"EC2 takes the id or the name of a launch template, not both."),
				Violation.at(template + "/launchTemplateName",
						"EC2 takes the id or the name of a launch template, not both."));
	}

	@Test
	void containerAloneOfAnImageRecipeIsViolation() {
		ObjectNode request = Requests.without(Requests.everything(), "/distributions/1/amiDistributionConfiguration");
		assertThat(violations(request)).containsExactly(Violation.at(
				"/distributions/1/containerDistributionConfiguration",
				"Only a container recipe makes container images. Add amiDistributionConfiguration, or remove the entry."));
	}

	@Test
	void amiAloneOfAContainerRecipeIsViolation() {
		ObjectNode request = Requests.everything();
		request.set("containerRecipeArn", request.remove("imageRecipeArn"));
		WellFormedParts parts = new WellFormedParts(List.of());
		new OutputRules(request, parts).check();
		assertThat(parts.violations()).containsExactly(Violation.at("/distributions/0",
				"A container recipe makes no AMI. Add containerDistributionConfiguration, or remove the entry."));
	}

	@Test
	void accountAndPartitionOfASourceImageAreItsRoles() {
		ObjectNode request = ofSourceImage("123456789012");
		Requests.with(request, "/distributions/0/ssmParameterConfigurations/0/amiAccountId", text("123456789012"));
		assertThatNoException().isThrownBy(() -> check(request));
		ObjectNode other = ofSourceImage("333333333333");
		Requests.with(other, "/distributions/0/ssmParameterConfigurations/0/amiAccountId", text("123456789012"));
		Requests.with(other, AMI + "/kmsKeyId", text("arn:aws-cn:kms:eu-west-1:123456789012:key/1"));
		assertThat(violations(other)).extracting(Violation::pointer)
			.containsExactlyInAnyOrder("/distributions/0/ssmParameterConfigurations/0/amiAccountId", AMI + "/kmsKeyId");
	}

	private static ObjectNode ofSourceImage(String account) {
		ObjectNode request = Requests.everything();
		request.retain("distributionName", "distributions");
		return request.put("sourceImage", "ami-0123456789abcdef0")
			.put("region", "eu-west-1")
			.put("executionRole", "arn:aws:iam::%s:role/distributor".formatted(account));
	}

	@Test
	void malformedPartsAreSkipped() {
		ObjectNode request = with("/infrastructureConfigurationArn", "1");
		Requests.with(request, "/distributions/0/ssmParameterConfigurations/0/amiAccountId", text("333333333333"));
		Requests.with(request, AMI + "/kmsKeyId", "[]");
		assertThat(violations(request)).extracting(Violation::pointer)
			.containsExactlyInAnyOrder("/infrastructureConfigurationArn", AMI + "/kmsKeyId");
	}

	private static ObjectNode named(String name) {
		return with(AMI + "/name", JsonNodeFactory.instance.stringNode(name).toString());
	}

	private static ObjectNode with(String pointer, String json) {
		return Requests.with(Requests.everything(), pointer, json);
	}

	private static String text(String text) {
		return '"' + text + '"';
	}

	private void check(ObjectNode request) {
		this.startRun.checked(request.toString().getBytes(StandardCharsets.UTF_8), IdempotencyKey.NONE);
	}

	@SuppressWarnings("unchecked")
	private List<Violation> violations(ObjectNode request) {
		ProblemException refused = catchThrowableOfType(ProblemException.class, () -> check(request));
		return (List<Violation>) refused.problem().members().getOrDefault("errors", List.of());
	}

}
