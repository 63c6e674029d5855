package dev.distributeimage.api.contract;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.distributeimage.api.Requests;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.run.NewRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class StartRunTests {

	private static final String AMI = "/distributions/0/amiDistributionConfiguration";

	private static final String FAST_LAUNCH = "/distributions/0/fastLaunchConfigurations/0";

	private static final String CONTAINER = "/distributions/1/containerDistributionConfiguration";

	private final StartRun startRun = new StartRun(new TwoPartitions());

	@Test
	void everythingIsValid() {
		NewRun run = this.startRun.checked(bytes(Requests.everything()), IdempotencyKey.NONE);
		assertThat(run.input().distributions()).isEqualTo(Requests.everything().get("distributions"));
		assertThat(run.labels()).containsEntry("team", "platform").containsEntry("cost centre", "");
		assertThat(run.deadline()).isEqualTo(Duration.parse("P1DT2H3M4.5S"));
		assertThat(run.clientToken()).isEqualTo("a token ~ of printable ASCII!");
	}

	@Test
	void optionalMembersMayBeLeftOut() {
		NewRun run = this.startRun.checked(bytes(Requests.withoutToken()), IdempotencyKey.NONE);
		assertThat(run.clientToken()).isNull();
		assertThat(run.deadline()).isNull();
	}

	@ParameterizedTest
	@MethodSource
	void otherValueIsViolation(String pointer, String json, String violated) {
		assertThat(violated(Requests.with(Requests.everything(), pointer, json))).containsExactly(violated);
	}

	static Stream<Arguments> otherValueIsViolation() {
		return Stream
			.of(topLevel(), arns(), regions(), distributions(), ami(), launchPermission(), outputs(), fastLaunch())
			.flatMap((each) -> each);
	}

	private static Stream<Arguments> topLevel() {
		return Stream.of(refused("/distributionName", "7"), refused("/distributionName", text("ab")),
				refused("/distributionName", text("x".repeat(129))), refused("/distributionName", text(" abc")),
				refused("/distributionName", text("a.bc")), refused("/distributionName", text("abc\\n")),
				refused("/clientToken", text("")), refused("/clientToken", text("x".repeat(65))),
				refused("/clientToken", text("é")), refused("/clientToken", text("abc\\n")),
				refused("/clientToken", "null"), refused("/labels", "[]"), refused("/labels", map(21)),
				refused("/labels/aws:x", text("")), refused("/labels/" + "x".repeat(129), text("")),
				refused("/labels/", text("")), refused("/labels/a", text("x".repeat(257))),
				refused("/labels/a", text("#")), refused("/labels/a", "1"), refused("/unknown", "1"),
				refused("/Deadline", text("PT5M")), refused("/deadline", "300"));
	}

	private static Stream<Arguments> arns() {
		return Stream.of(refused("/imageRecipeArn", text("web")),
				refused("/imageRecipeArn",
						recipe("aws:imagebuilder:eu-west-1:123456789012:container-recipe/web/1.0.0")),
				refused("/imageRecipeArn", recipe("aws:imagebuilder:eu-west-1:12345678901:image-recipe/web/1.0.0")),
				refused("/imageRecipeArn", recipe("aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0")),
				refused("/imageRecipeArn", recipe("aws:imagebuilder:eu-west-1:123456789012:image-recipe/Web/1.0.0")),
				refused("/imageRecipeArn", recipe("aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0\\n")),
				refused("/imageRecipeArn", recipe("aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/x.3.x")),
				refused("/imageRecipeArn", recipe("aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.x.8")),
				refused("/imageRecipeArn",
						recipe("aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.1073741824.0")),
				arguments("/imageRecipeArn", recipe("aws:imagebuilder:us-east-1:aws:image-recipe/web/1.0.0"),
						"/infrastructureConfigurationArn"),
				refused("/infrastructureConfigurationArn", infrastructure("aws:imagebuilder:eu-west-1:aws")),
				refused("/infrastructureConfigurationArn", infrastructure("aws:imagebuilder:us-east-1:123456789012")),
				refused("/infrastructureConfigurationArn", infrastructure("aws:ec2:eu-west-1:123456789012")));
	}

	private static Stream<Arguments> regions() {
		return Stream.of(refused("/distributions/0/region", text("eu-west-1x")),
				refused("/distributions/0/region", text("cn-north-1")),
				refused("/distributions/0/region", text("us-EAST-1")),
				refused("/distributions/0/region", text("eu-west-1\\n")), refused("/distributions/0/region", text("")),
				refused("/distributions/0/region", "null"),
				arguments("/distributions/0/region", text("us-east-1"), "/distributions/1/region"),
				refused("/distributions/0/licenseConfigurationArns/0", licence("aws-cn", "cn-north-1")),
				refused("/distributions/0/licenseConfigurationArns/0", licence("aws", "nowhere")),
				refused(AMI + "/launchPermission/organizationArns/0",
						text("arn:aws-cn:organizations::123456789012:organization/o-abcdefghij")));
	}

	private static Stream<Arguments> distributions() {
		return Stream.of(refused("/distributions", "[]"), refused("/distributions", "{}"),
				refused("/distributions/1", "1"), refused("/distributions/1", "null"),
				refused("/distributions/1", "{ \"region\": \"us-east-1\" }"),
				refused("/distributions/1", "{ \"region\": \"us-east-1\", \"ssmParameterConfigurations\": [] }"),
				refused("/distributions/1/unknown", "1"), refused("/distributions/1/licenseConfigurationArns", "[]"));
	}

	@Test
	void runWithMoreThanTenThousandDestinationsIsRefused() {
		ObjectNode request = Requests.everything();
		ArrayNode distributions = request.putArray("distributions");
		List<String> regions = List.of("eu-west-1", "eu-west-2", "eu-west-3", "us-east-1", "us-east-2", "us-west-1",
				"us-west-2");
		for (String region : regions) {
			ArrayNode targets = distributions.addObject()
				.put("region", region)
				.putObject("amiDistributionConfiguration")
				.putArray("targetAccountIds");
			IntStream.range(0, 1_428).forEach((i) -> targets.add("%012d".formatted(i)));
		}
		assertThat(violated(request)).contains("/distributions");
		// The account of the run is one of the destinations in each Region.
		((ArrayNode) distributions.at("/0/amiDistributionConfiguration/targetAccountIds")).remove(0);
		((ArrayNode) distributions.at("/1/amiDistributionConfiguration/targetAccountIds")).remove(0);
		((ArrayNode) distributions.at("/2/amiDistributionConfiguration/targetAccountIds")).remove(0);
		assertThat(violated(request)).doesNotContain("/distributions");
	}

	private static Stream<Arguments> ami() {
		return Stream.of(refused(AMI, "[]"), refused(AMI + "/unknown", "1"), refused(AMI + "/name", text("web")),
				refused(AMI + "/name", text("{{ imagebuilder:buildDate }}" + "x".repeat(100))),
				refused(AMI + "/name", text("#{{ imagebuilder:buildDate }}")), refused(AMI + "/description", text("")),
				refused(AMI + "/description", text("x".repeat(1025))), refused(AMI + "/kmsKeyId", text("")),
				refused(AMI + "/kmsKeyId", "false"), refused(AMI + "/targetAccountIds", "[]"),
				refused(AMI + "/targetAccountIds", list(1537, "\"123456789012\"")),
				refused(AMI + "/targetAccountIds/0", text("12345678901")),
				refused(AMI + "/targetAccountIds/0", "123456789012"),
				refused(AMI + "/targetAccountIds/0", text("١٢٣٤٥٦٧٨٩٠١٢")), refused(AMI + "/amiTags", "{}"),
				refused(AMI + "/amiTags", map(51)), refused(AMI + "/amiTags/aws:x", text("")),
				refused(AMI + "/amiTags/é", text("")), refused(AMI + "/amiTags/Name", text("x".repeat(257))),
				refused(AMI + "/amiTags/Name", "null"));
	}

	private static Stream<Arguments> launchPermission() {
		String permission = AMI + "/launchPermission";
		return Stream.of(refused(permission, "null"), refused(permission + "/unknown", "1"),
				refused(permission + "/userIds", "[]"), refused(permission + "/userIds/0", text("1")),
				refused(permission + "/userGroups/0", text("some")), refused(permission + "/organizationArns", "[]"),
				refused(permission + "/organizationArns/0", text("o")),
				refused(permission + "/organizationArns",
						list(26, text("arn:aws:organizations::123456789012:organization/o-abcdefghij"))),
				refused(permission + "/organizationalUnitArns", "[]"), refused(permission + "/organizationalUnitArns/0",
						text("arn:aws:organizations::123456789012:ou/o-abcdefghij/ou-ab12-abcd1234!")));
	}

	private static Stream<Arguments> outputs() {
		String template = "/distributions/0/launchTemplateConfigurations";
		String export = "/distributions/0/s3ExportConfiguration";
		String parameter = "/distributions/0/ssmParameterConfigurations";
		return Stream.of(refused(template, "[]"), refused(template + "/0/launchTemplateId", text("lt-1")),
				refused(template + "/0/accountId", text("1")), refused(template + "/0/setDefaultVersion", text("true")),
				refused(template, list(101, "{ \"launchTemplateId\": \"lt-0123456789abcdef0\" }")),
				refused(template + "/0/unknown", "1"), refused(export + "/diskImageFormat", text("ISO")),
				refused(export + "/roleName", text("")), refused(export + "/s3Bucket", "1"),
				refused(export + "/s3Prefix", text("")), refused(export + "/unknown", "1"),
				refused(parameter + "/0/parameterName", text("a b")),
				refused(parameter + "/0/parameterName", text("x".repeat(1012))),
				refused(parameter + "/0/dataType", text("ami")), refused(parameter + "/0/amiAccountId", text("1")),
				refused(parameter + "/0/unknown", "1"), refused(CONTAINER + "/containerTags/0", text("")),
				refused(CONTAINER + "/description", text("")),
				refused(CONTAINER + "/targetRepository/service", text("ecr")),
				refused(CONTAINER + "/targetRepository/repositoryName", text("")),
				refused(CONTAINER + "/targetRepository/unknown", "1"), refused(CONTAINER + "/unknown", "1"));
	}

	private static Stream<Arguments> fastLaunch() {
		return Stream.of(refused(FAST_LAUNCH + "/enabled", text("yes")), refused(FAST_LAUNCH + "/accountId", text("1")),
				refused(FAST_LAUNCH + "/maxParallelLaunches", "0"),
				refused(FAST_LAUNCH + "/maxParallelLaunches", text("6")),
				refused(FAST_LAUNCH + "/snapshotConfiguration/targetResourceCount", "0"),
				refused(FAST_LAUNCH + "/snapshotConfiguration/targetResourceCount", "10001"),
				refused(FAST_LAUNCH + "/snapshotConfiguration/unknown", "1"),
				refused("/distributions/0/fastLaunchConfigurations/1/launchTemplate/launchTemplateId", text("lt-1")),
				refused(FAST_LAUNCH + "/launchTemplate/launchTemplateName", text("")),
				refused(FAST_LAUNCH + "/launchTemplate/launchTemplateVersion", "1"),
				refused(FAST_LAUNCH + "/launchTemplate/unknown", "1"), refused(FAST_LAUNCH + "/unknown", "1"),
				refused("/distributions/0/fastLaunchConfigurations", "[]"),
				refused("/distributions/0/fastLaunchConfigurations", list(1001, "{ \"enabled\": true }")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/distributionName", "/distributions", "/imageRecipeArn",
			"/infrastructureConfigurationArn", "/distributions/0/region", CONTAINER + "/targetRepository",
			CONTAINER + "/targetRepository/service", CONTAINER + "/targetRepository/repositoryName",
			"/distributions/0/launchTemplateConfigurations/0/launchTemplateId",
			"/distributions/0/s3ExportConfiguration/roleName", "/distributions/0/s3ExportConfiguration/diskImageFormat",
			"/distributions/0/s3ExportConfiguration/s3Bucket", FAST_LAUNCH + "/enabled",
			"/distributions/0/ssmParameterConfigurations/0/parameterName" })
	void missingMemberIsViolation(String pointer) {
		assertThat(violated(Requests.without(Requests.everything(), pointer))).containsExactly(pointer);
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.0", "1e2", "5.5", "1e999999999", "2147483648", "99999999999999999999", "-1" })
	void numberThatIsNoIntegerInBoundsIsViolation(String number) {
		String pointer = FAST_LAUNCH + "/maxParallelLaunches";
		String body = Requests.everything()
			.toString()
			.replace("\"maxParallelLaunches\":6", "\"maxParallelLaunches\":" + number);
		assertThat(violated(body)).containsExactly(pointer);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT5M", "P7D", "PT168H", "PT300S", "P0DT5M", "PT0H5M" })
	void deadlineInBoundsIsValid(String deadline) {
		this.startRun.checked(bytes(Requests.with(Requests.everything(), "/deadline", text(deadline))),
				IdempotencyKey.NONE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "P", "PT", "P1DT", "PT4M59S", "P7DT1S", "P8D", "P1W", "P1M", "P1Y", "-PT6M", "PT-6M",
			"pt6m", "PT6M ", "6m", "PT999999999H", "PT0.1H" })
	void otherDeadlineIsViolation(String deadline) {
		assertThat(violated(Requests.with(Requests.everything(), "/deadline", text(deadline))))
			.containsExactly("/deadline");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{{imagebuilder:buildDate}}", "a{{  imagebuilder:buildDate }}z" })
	void buildDateMayBeSpacedOtherwise(String name) {
		this.startRun.checked(bytes(Requests.with(Requests.everything(), AMI + "/name", text(name))),
				IdempotencyKey.NONE);
	}

	@ParameterizedTest
	@ValueSource(strings = { CONTAINER + "/containerTags", AMI + "/launchPermission/userGroups",
			"/distributions/0/ssmParameterConfigurations" })
	void listThatMayBeEmptyIsKeptAsItIs(String pointer) {
		NewRun run = this.startRun.checked(bytes(Requests.with(Requests.everything(), pointer, "[]")),
				IdempotencyKey.NONE);
		JsonNode kept = Objects.requireNonNull(run.input().distributions())
			.at(pointer.replaceFirst("/distributions", ""));
		assertThat(kept.isArray() && kept.isEmpty()).isTrue();
	}

	@Test
	void lengthIsCountedInCodePoints() {
		this.startRun.checked(
				bytes(Requests.with(Requests.everything(), AMI + "/description", text("🚀".repeat(1024)))),
				IdempotencyKey.NONE);
		assertThat(violated(Requests.with(Requests.everything(), AMI + "/description", text("🚀".repeat(1025)))))
			.containsExactly(AMI + "/description");
	}

	@Test
	void allViolationsAreListedAtOnce() {
		ObjectNode request = Requests.with(Requests.everything(), "/imageRecipeArn", "1");
		Requests.with(request, "/distributions/0/region", text("nowhere"));
		Requests.with(request, "/distributions/1", "{ \"region\": \"cn-north-1\", \"a/b~c\": 1 }");
		assertThat(violated(request)).containsExactlyInAnyOrder("/imageRecipeArn", "/distributions/0/region",
				"/distributions/1/a~1b~0c", "/distributions/1/region", "/distributions/1");
	}

	@Test
	void unknownPartitionIsViolation() {
		String request = Requests.everything().toString().replace("arn:aws:imagebuilder", "arn:aws-moon:imagebuilder");
		assertThat(violated(request)).containsExactly("/imageRecipeArn", "/infrastructureConfigurationArn");
	}

	@Test
	void otherPartitionIsValid() {
		String request = Requests.withoutToken().replace("arn:aws:", "arn:aws-cn:").replace("eu-west-1", "cn-north-1");
		assertThat(this.startRun.checked(bytes(request), IdempotencyKey.NONE).input().imageRecipeArn())
			.startsWith("arn:aws-cn:");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					/distributionName                               | 7         | Must be a string.
					/distributions                                  | {}        | Must be an array, not an object.
					/labels                                         | null      | Must be an object, not null.
					/distributions/1/region                         | "mars"    | mars is not a Region that this service knows in the partition aws. It knows eu-west-1, us-east-1; the setting distribute-image.aws.extra-regions adds others.
					/distributions/0/s3ExportConfiguration/s3Prefix | ""        | Must have 1 to 1024 characters, not 0.
					/distributions/0/s3ExportConfiguration/diskImageFormat | "ISO" | Must be one of: VMDK, RAW, VHD.
					/distributions/0/amiDistributionConfiguration/targetAccountIds | [] | Must have 1 to 1536 entries, not 0.
					/distributions/0/amiDistributionConfiguration/targetAccountIds/0 | "1" | An AWS account id must have 12 digits.
					/deadline                                       | "PT1M"    | The deadline must be between PT5M and P7D.
					""")
	void detailSaysWhatIsWanted(String pointer, String json, String detail) {
		assertThat(violations(bytes(Requests.with(Requests.everything(), pointer, json))))
			.containsExactly(Violation.at(pointer, detail));
	}

	@Test
	void regionsAreListedOnlyOnce() {
		ObjectNode request = Requests.with(Requests.everything(), "/distributions/0/region", text("eu-moon-1"));
		Requests.with(request, "/distributions/1/region", text("us-moon-1"));
		assertThat(violations(bytes(request))).containsExactly(Violation.at("/distributions/0/region",
				"eu-moon-1 is not a Region that this service knows in the partition aws. It knows eu-west-1, us-east-1; "
						+ "the setting distribute-image.aws.extra-regions adds others."),
				Violation.at("/distributions/1/region",
						"us-moon-1 is not a Region that this service knows in the partition aws. "
								+ "The error at /distributions/0/region lists those it knows."));
	}

	@Test
	void manyViolationsAreNotListedToTheEnd() {
		String request = "{\"distributions\":[" + "1,".repeat(100_000) + "1]}";
		assertThat(violations(bytes(request))).hasSize(ProblemException.MOST_LISTED);
	}

	private static Arguments refused(String pointer, String json) {
		return arguments(pointer, json, pointer);
	}

	private static String text(String text) {
		return '"' + text + '"';
	}

	private static String recipe(String rest) {
		return text("arn:" + rest);
	}

	private static String infrastructure(String rest) {
		return text("arn:" + rest + ":infrastructure-configuration/web");
	}

	private static String licence(String partition, String region) {
		return text("arn:%s:license-manager:%s:123456789012:license-configuration:lic-%s".formatted(partition, region,
				"0123456789abcdef0123456789abcdef"));
	}

	private static String list(int size, String entry) {
		return "[" + (entry + ",").repeat(size - 1) + entry + "]";
	}

	private static String map(int size) {
		return IntStream.range(0, size)
			.mapToObj((i) -> "\"k%d\": \"v\"".formatted(i))
			.collect(Collectors.joining(",", "{", "}"));
	}

	private List<String> violated(Object body) {
		return violations(bytes(body)).stream().map(Violation::pointer).toList();
	}

	@SuppressWarnings("unchecked")
	private List<Violation> violations(byte[] body) {
		ProblemException refused = catchThrowableOfType(ProblemException.class,
				() -> this.startRun.checked(body, IdempotencyKey.NONE));
		assertThat(refused.type()).isEqualTo(ProblemType.INVALID_REQUEST);
		return (List<Violation>) refused.problem().members().getOrDefault("errors", List.of());
	}

	private static byte[] bytes(Object body) {
		return body.toString().getBytes(StandardCharsets.UTF_8);
	}

}
