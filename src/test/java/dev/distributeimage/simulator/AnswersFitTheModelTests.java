package dev.distributeimage.simulator;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

import dev.distributeimage.simulator.shape.ServiceModel;
import dev.distributeimage.simulator.shape.Violation;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that every answer has only members of AWS's model, in the shapes that the model
 * defines.
 */
class AnswersFitTheModelTests {

	private static final String ARN = "arn%3Aaws%3Aimagebuilder%3Aeu-west-1%3A123456789012%3A";

	private final ServiceModel model = ServiceModel.read("/dev/distributeimage/simulator/imagebuilder-model.json");

	private final HandCrankedClock clock = new HandCrankedClock();

	@AutoClose
	private final Simulator simulator = Simulator.start(SimulatorSettings.defaults().withClock(this.clock));

	@BeforeEach
	void anImageThatFailed() {
		try (SdkCalls calls = SdkCalls.to(this.simulator)) {
			String distribution = calls.createDistribution("web", SdkCalls.amisIn("eu-west-1", "us-east-1"));
			calls.build("fail-distribution", distribution);
			calls.build("fail-build", distribution);
			calls.build("fail-copy", distribution);
			this.clock.advance(Duration.ofDays(1));
			calls.build("web", distribution);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			"GetImage | ?imageBuildVersionArn=" + ARN + "image%2Ffail-distribution%2F1.0.0%2F1 | ``",
			"GetImage | ?imageBuildVersionArn=" + ARN + "image%2Ffail-build%2F1.0.0%2F1 | ``",
			"GetImage | ?imageBuildVersionArn=" + ARN + "image%2Ffail-copy%2F1.0.0%2F1 | ``",
			"GetDistributionConfiguration | ?distributionConfigurationArn=" + ARN
					+ "distribution-configuration%2Fweb | ``",
			"DeleteDistributionConfiguration | ?distributionConfigurationArn=" + ARN
					+ "distribution-configuration%2Fweb | ``",
			"CreateDistributionConfiguration | `` | {'name': 'new', 'clientToken': 't', 'distributions': "
					+ "[{'region': 'eu-west-1', 'amiDistributionConfiguration': {}}]}",
			"CreateImage | `` | {'clientToken': 't', 'imageRecipeArn': 'PREFIX:image-recipe/web/x.x.x', "
					+ "'infrastructureConfigurationArn': 'PREFIX:infrastructure-configuration/small'}",
			"DistributeImage | `` | {'clientToken': 't', 'sourceImage': 'ami-01234567', 'executionRole': 'role', "
					+ "'distributionConfigurationArn': 'PREFIX:distribution-configuration/web'}",
			"CancelImageCreation | `` | {'clientToken': 't', 'imageBuildVersionArn': 'PREFIX:image/web/1.0.0/1'}",
			"RetryImage | `` | {'clientToken': 't', 'imageBuildVersionArn': 'PREFIX:image/fail-distribution/1.0.0/1'}",
			"ListImageBuildVersions | `` | {'maxResults': 1}",
			"ListWorkflowExecutions | `` | {'imageBuildVersionArn': 'PREFIX:image/fail-distribution/1.0.0/1', "
					+ "'maxResults': 1}" })
	void answerFits(String operation, String query, String body) throws Exception {
		String json = body.replace('\'', '"').replace("PREFIX", "arn:aws:imagebuilder:eu-west-1:123456789012");
		HttpResponse<String> response = RawCalls.to(this.simulator)
			.send(this.model.operation(operation).method(), "/" + operation + query, json);
		assertThat(response.statusCode()).isEqualTo(200);
		List<Violation> found = this.model.operation(operation).checkOutput(Json.read(response.body()));
		assertThat(found).filteredOn((violation) -> !isKnown(violation)).isEmpty();
	}

	/** The model demands a tag, but AWS also answers empty tags. */
	private static boolean isKnown(Violation violation) {
		return violation.parameter().endsWith("tags");
	}

}
