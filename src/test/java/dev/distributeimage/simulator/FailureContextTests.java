package dev.distributeimage.simulator;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import dev.distributeimage.simulator.FailedCopy.Sign;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.imagebuilder.model.Distribution;
import software.amazon.awssdk.services.imagebuilder.model.WorkflowExecutionMetadata;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the failureContext and the states of AMIs: AWS's own client knows only the
 * latter.
 */
class FailureContextTests extends SteppedSimulatorTest {

	private static final String OTHER = "444455556666";

	@ParameterizedTest
	@CsvSource({ "fail-build, BUILDING, ApplyBuildComponents, build, 0",
			"fail-test, TESTING, ApplyTestComponents, test, 1" })
	void failedWorkflowNamesItsStep(String recipe, String stage, String step, String phase, int workflow)
			throws Exception {
		String arn = ended(recipe);
		JsonNode context = state(arn).required("failureContext");
		assertThat(context.path("imageStatus").asString()).isEqualTo(stage);
		assertThat(context.path("failedStep").asString()).isEqualTo(step);
		assertThat(context.path("componentFailure").path("phaseName").asString()).isEqualTo(phase);
		assertThat(context.has("distributionFailure")).isFalse();
		WorkflowExecutionMetadata failed = this.calls.client()
			.listWorkflowExecutions((request) -> request.imageBuildVersionArn(arn))
			.workflowExecutions()
			.get(workflow);
		assertThat(context.path("workflowExecutionId").asString()).isEqualTo(failed.workflowExecutionId());
		assertThat(context.path("workflowArn").asString()).isEqualTo(failed.workflowBuildVersionArn());
	}

	@ParameterizedTest
	@CsvSource({ "fail-distribution, us-west-2", "fail-distribution-empty, eu-west-1;us-east-1;us-west-2",
			"fail-copy, us-west-2", "fail-integration, us-west-2" })
	void failedDistributionNamesItsRegions(String recipe, String regions) throws Exception {
		JsonNode failure = state(ended(recipe)).required("failureContext").required("distributionFailure");
		assertThat(failure.path("errorMessage").asString()).contains("failed with JobId");
		assertThat(failure.path("regionFailures")).extracting((entry) -> entry.path("region").asString())
			.containsExactly(regions.split(";"));
		assertThat(failure.path("regionFailures").get(0).path("status").asString()).isEqualTo("FAILED");
		assertThat(failure.path("regionFailures").get(0).has("targetAccountId")).isFalse();
		assertThat(failure.path("regionFailures").get(0).has("imageConfigurationStep"))
			.isEqualTo(recipe.equals("fail-integration"));
	}

	@Test
	void failureOfAnAccountShowsTheSignsOrdered() throws Exception {
		this.simulator.nextImage(Ending.copiesFailed("because",
				FailedCopy.in("eu-west-1", "one", Sign.AMI_STATE, Sign.REGION_FAILURE).of(OTHER),
				FailedCopy.in("us-east-1", "two", Sign.NO_AMI).of(OTHER)));
		JsonNode image = image(ended("web"));
		assertThat(amis(image)).containsExactly("eu-west-1 123456789012 AVAILABLE", "eu-west-1 444455556666 FAILED one",
				"us-east-1 123456789012 AVAILABLE", "us-west-2 123456789012 AVAILABLE",
				"us-west-2 444455556666 AVAILABLE");
		JsonNode failures = image.at("/state/failureContext/distributionFailure/regionFailures");
		assertThat(failures).hasSize(1);
		assertThat(failures.get(0).path("targetAccountId").asString()).isEqualTo(OTHER);
		assertThat(failures.get(0).path("errorMessage").asString()).isEqualTo("one");
	}

	@Test
	void failureOfARegionIsThatOfAllItsAmis() throws Exception {
		this.simulator.nextImage(Ending.copiesFailed("because", FailedCopy.in("us-east-1", "three", Sign.AMI_STATE)));
		JsonNode image = image(ended("web"));
		assertThat(amis(image)).contains("us-east-1 123456789012 FAILED three", "us-east-1 444455556666 FAILED three",
				"us-west-2 444455556666 AVAILABLE");
		assertThat(image.at("/state/failureContext/distributionFailure").has("regionFailures")).isFalse();
	}

	@Test
	void contextMayBeMissing() throws Exception {
		JsonNode image = image(ended("fail-unexplained"));
		assertThat(image.path("state").path("status").asString()).isEqualTo("FAILED");
		assertThat(image.path("state").has("failureContext")).isFalse();
		assertThat(amis(image)).hasSize(4);
	}

	@Test
	void onlyAFailedImageHasAContext() throws Exception {
		JsonNode image = image(ended("web"));
		assertThat(image.path("state").has("failureContext")).isFalse();
		assertThat(amis(image)).hasSize(6).allMatch((ami) -> ami.endsWith(" AVAILABLE"));
		assertThat(state(ended("cancelled")).has("failureContext")).isFalse();
	}

	@Test
	void stageUnknownToAwsIsNotNamed() throws Exception {
		this.simulator.nextImage(Ending.failedAt("BUILDING", "because").by("PENDING", "SIMULATING"));
		assertThat(state(ended("web")).required("failureContext")).isEmpty();
	}

	@Test
	void retriedImageForgetsItsFailures() throws Exception {
		String arn = ended("fail-copy");
		this.calls.client().retryImage((request) -> request.imageBuildVersionArn(arn));
		this.clock.advance(Duration.ofDays(1));
		assertThat(amis(image(arn))).allMatch((ami) -> ami.endsWith(" AVAILABLE"));
	}

	@Test
	void regionsBeyondTheLimitAreLeftOut() throws Exception {
		this.simulator.nextImage(Ending.copiesFailed("because", IntStream.range(0, 300)
			.mapToObj((number) -> FailedCopy.in("eu-west-1", "r", Sign.REGION_FAILURE).of("%012d".formatted(number)))
			.toArray(FailedCopy[]::new)));
		assertThat(state(ended("web")).at("/failureContext/distributionFailure/regionFailures")).hasSize(256);
	}

	private String ended(String recipe) {
		Distribution[] distributions = List.of(SdkCalls.amisIn("eu-west-1", "us-east-1", "us-west-2"))
			.stream()
			.map((entry) -> entry.toBuilder()
				.amiDistributionConfiguration((ami) -> ami.targetAccountIds(OTHER))
				.build())
			.toArray(Distribution[]::new);
		String arn = this.calls.build(recipe, this.calls.createDistribution(SdkCalls.token(), distributions));
		this.clock.advance(Duration.ofDays(1));
		return arn;
	}

	private JsonNode state(String arn) throws Exception {
		return image(arn).required("state");
	}

	private JsonNode image(String arn) throws Exception {
		String query = "?imageBuildVersionArn=" + URLEncoder.encode(arn, StandardCharsets.UTF_8);
		return Json.read(RawCalls.to(this.simulator).send("GET", "/GetImage" + query).body()).required("image");
	}

	private static List<String> amis(JsonNode image) {
		return image.at("/outputResources/amis")
			.valueStream()
			.map((ami) -> "%s %s %s %s"
				.formatted(ami.path("region").asString(), ami.path("accountId").asString(),
						ami.path("state").path("status").asString(), ami.path("state").path("reason").asString(""))
				.trim())
			.toList();
	}

}
