package dev.distributeimage.simulator;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import dev.distributeimage.simulator.shape.ModelledOperation;
import dev.distributeimage.simulator.shape.ServiceModel;
import dev.distributeimage.simulator.shape.Violation;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that every answer has only members of AWS's model, in the shapes that the model
 * defines.
 */
class AnswersFitTheModelTests {

	/**
	 * An operation and its query or body. {@code ^} stands for the beginning of an ARN,
	 * {@code ~} for the same in a query, and {@code '} for a quotation mark.
	 */
	private static final String CALLS = """
			GetImage ?imageBuildVersionArn=~image%2Ffail-distribution%2F1.0.0%2F1
			GetImage ?imageBuildVersionArn=~image%2Ffail-build%2F1.0.0%2F1
			GetImage ?imageBuildVersionArn=~image%2Ffail-copy%2F1.0.0%2F1
			CreateImage {'clientToken': 't', 'imageRecipeArn': '^image-recipe/web/x.x.x', \
			 'infrastructureConfigurationArn': '^infrastructure-configuration/web'}
			DistributeImage {'clientToken': 't', 'sourceImage': 'ami-01234567', 'executionRole': 'role', \
			 'distributionConfigurationArn': '^distribution-configuration/web'}
			CancelImageCreation {'clientToken': 't', 'imageBuildVersionArn': '^image/web/1.0.0/1'}
			RetryImage {'clientToken': 't', 'imageBuildVersionArn': '^image/fail-distribution/1.0.0/1'}
			DeleteImage ?imageBuildVersionArn=~image%2Ffail-build%2F1.0.0%2F1
			ListImages {'maxResults': 1}
			ListImageBuildVersions {'maxResults': 25}
			ListWorkflowExecutions {'imageBuildVersionArn': '^image/fail-distribution/1.0.0/1', 'maxResults': 1}
			CreateComponent {'clientToken': 't', 'name': 'new', 'semanticVersion': '1.0.0', 'platform': 'Linux', 'data': 'x'}
			GetComponent ?componentBuildVersionArn=~component%2Fweb%2F1.0.0
			DeleteComponent ?componentBuildVersionArn=~component%2Fweb%2F1.0.0%2F1
			ListComponents {'maxResults': 1}
			ListComponentBuildVersions {'maxResults': 1}
			CreateImageRecipe {'clientToken': 't', 'name': 'new', 'semanticVersion': '1.0.x', 'parentImage': 'ami-01234567'}
			GetImageRecipe ?imageRecipeArn=~image-recipe%2Fweb%2F1.0.0
			DeleteImageRecipe ?imageRecipeArn=~image-recipe%2Fweb%2F1.0.0
			ListImageRecipes {'maxResults': 1}
			CreateContainerRecipe {'clientToken': 't', 'name': 'new', 'semanticVersion': '1.0.0', 'containerType': 'DOCKER', \
			 'parentImage': 'ami-01234567', 'targetRepository': {'service': 'ECR', 'repositoryName': 'web'}}
			GetContainerRecipe ?containerRecipeArn=~container-recipe%2Fweb%2F1.0.0
			DeleteContainerRecipe ?containerRecipeArn=~container-recipe%2Fweb%2F1.0.0
			ListContainerRecipes {'maxResults': 1}
			CreateInfrastructureConfiguration {'clientToken': 't', 'name': 'new', 'instanceProfileName': 'builder'}
			GetInfrastructureConfiguration ?infrastructureConfigurationArn=~infrastructure-configuration%2Fweb
			UpdateInfrastructureConfiguration {'clientToken': 't', 'instanceProfileName': 'builder', \
			 'infrastructureConfigurationArn': '^infrastructure-configuration/web'}
			DeleteInfrastructureConfiguration ?infrastructureConfigurationArn=~infrastructure-configuration%2Fweb
			ListInfrastructureConfigurations {'maxResults': 1}
			CreateDistributionConfiguration {'clientToken': 't', 'name': 'new', \
			 'distributions': [{'region': 'eu-west-1', 'amiDistributionConfiguration': {}}]}
			GetDistributionConfiguration ?distributionConfigurationArn=~distribution-configuration%2Fweb
			UpdateDistributionConfiguration {'clientToken': 't', \
			 'distributionConfigurationArn': '^distribution-configuration/web', \
			 'distributions': [{'region': 'eu-west-1', 'amiDistributionConfiguration': {}}]}
			DeleteDistributionConfiguration ?distributionConfigurationArn=~distribution-configuration%2Fweb
			ListDistributionConfigurations {'maxResults': 1}
			ListTagsForResource ~image%2Fweb%2F1.0.0%2F1
			TagResource ~image%2Fweb%2F1.0.0%2F1 {'tags': {'a': 'b'}}
			UntagResource ~image%2Fweb%2F1.0.0%2F1?tagKeys=a
			""";

	private static final String PREFIX = "arn:aws:imagebuilder:eu-west-1:123456789012:";

	private final ServiceModel model = ServiceModel.read("/dev/distributeimage/simulator/imagebuilder-model.json");

	private final HandCrankedClock clock = new HandCrankedClock();

	@AutoClose
	private final Simulator simulator = Simulator.start(SimulatorSettings.defaults().withClock(this.clock));

	@BeforeEach
	void someOfEachKind() {
		try (SdkCalls calls = SdkCalls.to(this.simulator)) {
			for (Kind kind : Kind.values()) {
				new ResourceCalls(calls).create(kind, "web");
			}
			String distribution = calls.createDistribution("far", SdkCalls.amisIn("eu-west-1", "us-east-1"));
			for (String recipe : List.of("fail-distribution", "fail-build", "fail-copy")) {
				calls.build(recipe, distribution);
			}
			this.clock.advance(Duration.ofDays(1));
			calls.build("web", distribution);
		}
	}

	@ParameterizedTest
	@MethodSource("calls")
	void answerFits(String call) throws Exception {
		String[] parts = call.split(" ", 2);
		ModelledOperation operation = this.model.operation(parts[0]);
		String rest = parts[1].replace("~", PREFIX.replace(":", "%3A")).replace("^", PREFIX).replace('\'', '"');
		int body = rest.indexOf('{');
		String target = operation.path().replace("{resourceArn}", "")
				+ ((body < 0) ? rest : rest.substring(0, body)).trim();
		HttpResponse<String> response = RawCalls.to(this.simulator)
			.send(operation.method(), target, (body < 0) ? "" : rest.substring(body));
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		List<Violation> found = operation.checkOutput(Json.read(response.body()));
		assertThat(found).filteredOn((violation) -> !isKnown(violation)).isEmpty();
	}

	@Test
	void everyOperationIsTested() {
		assertThat(calls().map((call) -> call.split(" ", 2)[0]).distinct())
			.containsExactlyInAnyOrderElementsOf(Arrays.stream(Operation.values()).map(Operation::wireName).toList());
	}

	static Stream<String> calls() {
		return CALLS.lines();
	}

	/** The model demands a tag, but AWS also answers empty tags. */
	private static boolean isKnown(Violation violation) {
		return violation.parameter().endsWith("tags");
	}

}
