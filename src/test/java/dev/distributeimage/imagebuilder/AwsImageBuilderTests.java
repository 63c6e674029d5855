package dev.distributeimage.imagebuilder;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Certainty;
import dev.distributeimage.run.Image;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.FailedCopy;
import dev.distributeimage.simulator.FailedCopy.Sign;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** Tests the operations through the real SDK client. */
@NullUnmarked
class AwsImageBuilderTests extends SimulatedAwsTest {

	private static final String EMPTY_LISTS = """
			[ { "region": "eu-west-1", "amiDistributionConfiguration": { "launchPermission": { "userGroups": [] } },
			    "containerDistributionConfiguration": { "containerTags": [],
			      "targetRepository": { "service": "ECR", "repositoryName": "web" } }, "ssmParameterConfigurations": [] } ]""";

	private static final String CONTEXT = """
			{"imageStatus":"BUILDING","workflowExecutionId":"wf-1","failedStep":"ApplyBuildComponents","componentFailure":
			{"phaseName":"build","stepName":"InstallPackages","errorMessage":"exit status 1"},"newMember":[{"a":1}]}""";

	@ParameterizedTest
	@ValueSource(strings = { "", "arn", "arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1",
			"arn:aws:imagebuilder:us-east-1:123456789012:distribution-configuration/web",
			"arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web/1",
			"arn:aws:imagebuilder:eu-west-1:12345:distribution-configuration/web",
			"arn:aws:imagebuilder:eu-west-1:999999999999:distribution-configuration/web",
			"arn:aws:imagebuilder:eu-west-1:aws:distribution-configuration/web",
			"arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web\n" })
	void malformedArnIsUnusable(String arn) {
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION,
				Fault.with("distributionConfigurationArn", arn));
		ImageBuilderException failure = failure(() -> this.imageBuilder.createDistributionConfiguration(CONFIGURATION));
		assertThat(failure.remedy()).isEqualTo(Remedy.RETRY);
		assertThat(failure.certainty()).isEqualTo(Certainty.UNKNOWN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0",
			"arn:aws:imagebuilder:eu-west-1:123456789012:image/web/x.x.x",
			"arn:aws:imagebuilder:eu-central-1:123456789012:image/web/1.0.0/1",
			"arn:aws:imagebuilder:eu-west-1:999999999999:image/web/1.0.0/1",
			"arn:aws:imagebuilder:eu-west-1:aws:image/web/1.0.0/1",
			"arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0" })
	void malformedImageArnIsUnusable(String arn) {
		this.imageBuilder.createDistributionConfiguration(CONFIGURATION);
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.with("imageBuildVersionArn", arn));
		assertThat(failure(() -> this.imageBuilder.createImage(image())).certainty()).isEqualTo(Certainty.UNKNOWN);
	}

	@Test
	void responseAboutAnotherImageIsUnusable() {
		String arn = build();
		this.simulator.onNext(Operation.GET_IMAGE, Fault
			.body("{\"image\":{\"arn\":\"%s\",\"state\":{\"status\":\"AVAILABLE\"}}}".formatted(imageArn("1.0.0/2"))));
		assertThat(failure(() -> this.imageBuilder.getImage(arn)).message()).contains("another image");
	}

	@Test
	void nothingIsSentForAnotherAccount() {
		ImageBuilder other = ImageBuilders.withCredentialsOf("999999999999", this.simulator.endpoint());
		ImageBuilderException failure = failure(() -> other.createDistributionConfiguration(CONFIGURATION));
		assertThat(failure.remedy()).isEqualTo(Remedy.RETRY_SLOWLY);
		assertThat(failure.certainty()).isEqualTo(Certainty.NOT_CARRIED_OUT);
		assertThat(failure.message()).isEqualTo("The service has no AWS credentials for the account 123456789012");
		failure(() -> other.createImage(image()));
		failure(() -> other.getImage(imageArn("1.0.0/1")));
		failure(() -> other.cancelImageCreation(RUN, imageArn("1.0.0/1"), "token"));
		failure(() -> other.retryImage(RUN, imageArn("1.0.0/1"), "token"));
		failure(() -> other.isBuildCompleted(imageArn("1.0.0/1"), () -> true));
		assertThat(this.simulator.requests()).isEmpty();
	}

	@Test
	void arnIsPercentEncodedInTheQuery() {
		String arn = build();
		this.imageBuilder.getImage(arn);
		assertThat(this.simulator.requests(Operation.GET_IMAGE).get(0).query())
			.isEqualTo("imageBuildVersionArn=" + URLEncoder.encode(arn, StandardCharsets.UTF_8));
	}

	@ParameterizedTest
	@ValueSource(strings = { "DEPRECATED", "DISABLED", "DELETED", "AVAILABLE" })
	void statusIsKeptAsAwsSpellsIt(String status) {
		this.simulator.nextImage(Ending.turned(status).by().atPace(Duration.ZERO));
		assertThat(this.imageBuilder.getImage(build()).status()).isEqualTo(status);
	}

	@Test
	void statusUnknownToTheSdkIsKept() {
		this.simulator.nextImage(Ending.stuckIn("BAKING").by());
		assertThat(this.imageBuilder.getImage(build()).status()).isEqualTo("BAKING");
	}

	@Test
	void imageWithoutAStateHasNoStatus() {
		String arn = build();
		this.simulator.onNext(Operation.GET_IMAGE, Fault.body("{\"image\":{}}"));
		Image image = this.imageBuilder.getImage(arn);
		assertThat(image.status()).isNull();
		assertThat(image.hasKnownStatus()).isFalse();
	}

	@Test
	void textsAreCutAndCleaned() {
		String arn = build();
		this.simulator.onNext(Operation.GET_IMAGE, Fault.body("""
				{"image":{"state":{"status":"FAILED","reason":"a\\u0000b\\ud800c%s"}}}"""
			.formatted("x".repeat(3_000))));
		assertThat(this.imageBuilder.getImage(arn).reason()).startsWith("a\uFFFDb\uFFFDcxxx").hasSize(2_000);
	}

	@Test
	void amisHaveWhatAwsSaysAboutEachOfThem() {
		this.simulator.nextImage(
				Ending.copiesFailed("no", FailedCopy.in("eu-west-1", "full", Sign.AMI_STATE)).atPace(Duration.ZERO));
		Image image = this.imageBuilder.getImage(build());
		assertThat(image.amis()).extracting(Ami::status, Ami::reason).containsExactly(tuple("FAILED", "full"));
	}

	@Test
	void failureContextIsKeptAsAwsSentIt() {
		String arn = build();
		this.simulator.onNext(Operation.GET_IMAGE, Fault.body("""
				{"image":{"state":{"status":"FAILED","reason":"no","failureContext":%s}}}""".formatted(CONTEXT)));
		assertThat(this.imageBuilder.getImage(arn).failureContext()).isEqualTo(JsonMapper.shared().readTree(CONTEXT));
	}

	@Test
	void failureContextNamesTheRegionsThatFailed() {
		this.simulator.nextImage(Ending.copiesFailed("no", FailedCopy.in("eu-west-1", "full", Sign.REGION_FAILURE))
			.atPace(Duration.ZERO));
		assertThat(this.imageBuilder.getImage(build())
			.failureContext()
			.at("/distributionFailure/regionFailures/0/errorMessage")
			.stringValue()).isEqualTo("full");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"status":"FAILED"} | null
			{"failureContext":{},"status":"FAILED"} | {}
			{"failureContext":{"a":[1,2.5,true,null,{"b":[]}]}} | {"a":[1,2.5,true,null,{"b":[]}]}
			{"failureContext":"text"} | null
			{"failureContext":[{}]} | null
			{"status":"FAILED","reason":"\\"failureContext\\":{}"} | null
			""")
	void failureContextIsAnObjectOrNull(String state, String expected) {
		String arn = build();
		this.simulator.onNext(Operation.GET_IMAGE, Fault.body("""
				{"failureContext":{"c":1},"image":{"outputResources":{"amis":[{"state":{"failureContext":{"c":2}}}]},
				"state":%s,"failureContext":{"c":3}}}""".formatted(state)));
		assertThat(String.valueOf(this.imageBuilder.getImage(arn).failureContext())).isEqualTo(expected);
	}

	@Test
	void textsOfTheFailureContextAreCutAndCleanedAtAnyDepth() {
		String arn = build();
		this.simulator.onNext(Operation.GET_IMAGE, Fault.body("""
				{"image":{"state":{"status":"FAILED","failureContext":{"a\\u0000":[{"b":"c\\u0000%s"}]}}}}"""
			.formatted("x".repeat(3_000))));
		JsonNode context = this.imageBuilder.getImage(arn).failureContext();
		assertThat(context.at("/a\uFFFD/0/b").stringValue()).startsWith("c\uFFFDxxx").hasSize(2_000);
	}

	@Test
	void orderOfAmisAndContainersIsStable() {
		String arn = build();
		String one = "{\"region\":\"eu-west-1\"}";
		String other = "{\"region\":\"us-east-1\"}";
		for (String list : List.of("amis", "containers")) {
			this.simulator.onNext(Operation.GET_IMAGE, Fault.body(outputs(list, one + "," + other)));
			this.simulator.onNext(Operation.GET_IMAGE, Fault.body(outputs(list, other + "," + one)));
			assertThat(this.imageBuilder.getImage(arn)).isEqualTo(this.imageBuilder.getImage(arn));
		}
	}

	private static String outputs(String list, String entries) {
		return "{\"image\":{\"outputResources\":{\"%s\":[%s]}}}".formatted(list, entries);
	}

	@Test
	void configurationIsRecognisedByEveryMemberThatWasSent() throws Exception {
		String everything;
		try (var resource = getClass().getResourceAsStream("every-member.json")) {
			everything = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
		}
		NewDistributionConfiguration sent = configuration("all", everything);
		String arn = this.imageBuilder.createDistributionConfiguration(sent);
		assertThat(this.simulator.requests(Operation.CREATE_DISTRIBUTION_CONFIGURATION)
			.get(0)
			.parameters()
			.get("distributions")).isEqualTo(sent.input().distributions());
		assertThat(this.imageBuilder.isAsRequested(arn, sent)).isTrue();
		assertThat(this.imageBuilder.isAsRequested(arn,
				configuration("all", everything.replace("\"targetResourceCount\": 6", "\"targetResourceCount\": 7"))))
			.isFalse();
		assertThat(this.imageBuilder.isAsRequested(arn, configuration("other", everything))).isFalse();
	}

	@Test
	void emptyListsAreSentAsTheyAre() {
		NewDistributionConfiguration sent = configuration("empty", EMPTY_LISTS);
		String arn = this.imageBuilder.createDistributionConfiguration(sent);
		assertThat(this.simulator.requests(Operation.CREATE_DISTRIBUTION_CONFIGURATION)
			.get(0)
			.parameters()
			.get("distributions")).isEqualTo(sent.input().distributions());
		assertThat(this.imageBuilder.isAsRequested(arn, sent)).isTrue();
	}

	@Test
	void emptyListIsRecognisedWhereAwsShowsNone() {
		NewDistributionConfiguration sent = configuration("empty", EMPTY_LISTS);
		String arn = this.imageBuilder.createDistributionConfiguration(sent);
		shownNext(arn,
				EMPTY_LISTS.replace(", \"ssmParameterConfigurations\": []", "")
					.replace("\"containerTags\": [],", "")
					.replace("\"userGroups\": []", ""));
		assertThat(this.imageBuilder.isAsRequested(arn, sent)).isTrue();
		shownNext(arn, EMPTY_LISTS.replace("\"userGroups\": []", "\"userGroups\": [\"all\"]"));
		assertThat(this.imageBuilder.isAsRequested(arn, sent)).isFalse();
	}

	private void shownNext(String arn, String distributions) {
		this.simulator.onNext(Operation.GET_DISTRIBUTION_CONFIGURATION, Fault.body("""
				{ "distributionConfiguration": { "arn": "%s", "name": "empty", "distributions": %s } }""".formatted(arn,
				distributions)));
	}

	@Test
	void completedBuildIsFoundOnTheSecondPage() {
		this.simulator.onNext(Operation.LIST_WORKFLOW_EXECUTIONS, executions("", "more"));
		this.simulator.onNext(Operation.LIST_WORKFLOW_EXECUTIONS,
				executions("{\"type\":\"BUILD\",\"status\":\"COMPLETED\"}", null));
		assertThat(this.imageBuilder.isBuildCompleted(imageArn("1.0.0/1"), () -> true)).isTrue();
	}

	@Test
	void buildIsNotCompletedIfNoPageShowsIt() {
		this.simulator.onNext(Operation.LIST_WORKFLOW_EXECUTIONS,
				executions("{\"type\":\"BUILD\",\"status\":\"FAILED\"}", null));
		assertThat(this.imageBuilder.isBuildCompleted(imageArn("1.0.0/1"), () -> true)).isFalse();
	}

	@Test
	void endlessListOfExecutionsIsUnusable() {
		this.simulator.always(Operation.LIST_WORKFLOW_EXECUTIONS, executions("", "more"));
		ImageBuilderException failure = failure(
				() -> this.imageBuilder.isBuildCompleted(imageArn("1.0.0/1"), () -> true));
		assertThat(failure.remedy()).isEqualTo(Remedy.RETRY);
		assertThat(this.simulator.count(Operation.LIST_WORKFLOW_EXECUTIONS)).isEqualTo(40);
	}

	@Test
	void listOfExecutionsOutOfTimeIsUnusable() {
		this.simulator.always(Operation.LIST_WORKFLOW_EXECUTIONS, executions("", "more"));
		AtomicInteger calls = new AtomicInteger(2);
		ImageBuilderException failure = failure(
				() -> this.imageBuilder.isBuildCompleted(imageArn("1.0.0/1"), () -> calls.getAndDecrement() > 0));
		assertThat(failure.remedy()).isEqualTo(Remedy.RETRY);
		assertThat(this.simulator.count(Operation.LIST_WORKFLOW_EXECUTIONS)).isEqualTo(2);
	}

	private static Fault executions(String entry, @Nullable String nextToken) {
		String token = (nextToken != null) ? ",\"nextToken\":\"%s\"".formatted(nextToken) : "";
		return Fault.answer(200, "application/json", "{\"workflowExecutions\":[%s]%s}".formatted(entry, token));
	}

}
