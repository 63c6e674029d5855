package dev.distributeimage.api.contract;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.run.RunInput;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Tests which inputs go together, and in which Region a run is. */
class InputCombinationsTests {

	private static final String RECIPE = "'imageRecipeArn':'arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0'";

	private static final String CONTAINER_RECIPE = "'containerRecipeArn':'arn:aws:imagebuilder:eu-west-1:123456789012:container-recipe/web/1.0.0'";

	private static final String INFRASTRUCTURE = "'infrastructureConfigurationArn':'arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web'";

	private static final String NAMED = "'distributionName':'web','distributions':[{'region':'us-east-1','amiDistributionConfiguration':{}}]";

	private static final String EXISTING = "'distributionConfigurationArn':'arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web'";

	private static final String ROLE = "'executionRole':'arn:aws:iam::210987654321:role/distributor'";

	private static final String AMI = "'sourceImage':'ami-0123456789abcdef0','region':'eu-west-1'," + ROLE;

	private final StartRun startRun = new StartRun(new TwoPartitions());

	@Test
	void existingConfigurationTakesThePlaceOfANameAndDistributions() {
		RunInput input = input(RECIPE, INFRASTRUCTURE, EXISTING);
		assertThat(input.distributionName()).isNull();
		assertThat(input.distributions()).isNull();
		assertThat(input.distributionConfigurationArnExpected()).isNull();
		assertThat(input.firstStep()).hasToString("createImage");
	}

	@Test
	void sourceImageIsInItsRegionAndInTheAccountOfItsRole() {
		RunInput input = input(AMI, NAMED);
		assertThat(input.place()).hasToString("Place[account=210987654321, region=eu-west-1]");
		assertThat(input.workflow()).hasToString("distribute-existing-image");
		assertThat(input.distributionConfigurationArnExpected())
			.isEqualTo("arn:aws:imagebuilder:eu-west-1:210987654321:distribution-configuration/web");
	}

	@Test
	void regionOfASourceImageMayBeThatOfItsArn() {
		RunInput input = input("'sourceImage':'arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux/x.x.x'", ROLE,
				EXISTING.replace("eu-west-1", "us-east-1"));
		assertThat(input.place().region()).isEqualTo("us-east-1");
		assertThat(input.firstStep()).hasToString("distributeImage");
	}

	@Test
	void nothingIsMissingFourTimes() {
		assertThat(pointers("'labels':{}")).containsExactlyInAnyOrder("/distributionName", "/distributions",
				"/imageRecipeArn", "/infrastructureConfigurationArn");
	}

	@Test
	void membersThatExcludeEachOtherAreViolationsEach() {
		assertThat(pointers(RECIPE, CONTAINER_RECIPE, INFRASTRUCTURE, EXISTING))
			.containsExactlyInAnyOrder("/imageRecipeArn", "/containerRecipeArn");
		assertThat(pointers(RECIPE, INFRASTRUCTURE, AMI, EXISTING)).contains("/imageRecipeArn", "/sourceImage",
				"/infrastructureConfigurationArn");
		assertThat(pointers(RECIPE, INFRASTRUCTURE, NAMED, EXISTING, "'distributionTags':{'a':'b'}"))
			.containsExactlyInAnyOrder("/distributionConfigurationArn", "/distributionName", "/distributions",
					"/distributionTags");
	}

	@ParameterizedTest
	@ValueSource(strings = { "'workflows':[]", "'imageTestsConfiguration':{}", "'enhancedImageMetadataEnabled':true",
			"'imageScanningConfiguration':{}" })
	void sourceImageIsNotBuilt(String member) {
		assertThat(pointers(AMI, NAMED, member)).containsExactlyInAnyOrder("/sourceImage",
				"/" + member.substring(1, member.indexOf(':') - 1));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					'region':'eu-west-1'                                                    | /region
					'workflows':[]                                                          | /executionRole
					'executionRole':'arn:aws-cn:iam::123456789012:role/web'                 | /executionRole
					'imageTags':{'distribute-image:run':'a'}                                | /imageTags/distribute-image:run
					'imageTestsConfiguration':{'timeoutMinutes':59}                         | /imageTestsConfiguration/timeoutMinutes
					'loggingConfiguration':{'logGroupName':'a b'}                           | /loggingConfiguration/logGroupName
					'enhancedImageMetadataEnabled':'no'                                     | /enhancedImageMetadataEnabled
					'distributionDescription':''                                            | /distributionDescription""")
	void optionThatDoesNotFitABuildIsAViolation(String member, String pointer) {
		assertThat(pointers(RECIPE, INFRASTRUCTURE, NAMED, member)).containsExactly(pointer);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					'sourceImage':'ami-1'                                                                                   | /executionRole,/region
					'sourceImage':'ami-1','region':'eu-west-1','executionRole':'web'                                        | /executionRole
					'sourceImage':'ami-1','region':'eu-west-9','executionRole':'arn:aws:iam::210987654321:role/a'           | /region
					'sourceImage':'web','region':'eu-west-1','executionRole':'arn:aws:iam::210987654321:role/a'             | /sourceImage
					'sourceImage':'arn:aws:imagebuilder:eu-west-1:aws:image/a/x.x.x','region':'us-east-1','executionRole':'arn:aws:iam::210987654321:role/a' | /region
					'sourceImage':'arn:aws:imagebuilder:eu-west-1:aws:image/a/x.x.x','executionRole':'arn:aws-cn:iam::210987654321:role/a'                   | /executionRole""")
	void sourceImageNeedsARoleAndARegion(String members, String pointers) {
		assertThat(pointers(members, NAMED)).containsExactlyInAnyOrder(pointers.split(","));
	}

	@ParameterizedTest
	@ValueSource(strings = { RECIPE, AMI })
	void existingConfigurationIsInTheRegionOfTheRun(String image) {
		String elsewhere = EXISTING.replace("eu-west-1", "us-east-1");
		String[] members = image.equals(RECIPE) ? new String[] { image, INFRASTRUCTURE, elsewhere }
				: new String[] { image, elsewhere };
		assertThat(pointers(members)).containsExactly("/distributionConfigurationArn");
	}

	@Test
	void imageHasOneWorkflowToBuildAndOneToDistribute() {
		String workflow = "{'workflowArn':'arn:aws:imagebuilder:eu-west-1:aws:workflow/%s/web/1.0.0'}";
		String all = "'workflows':[%s,%s,%s,%s,%s]".formatted(workflow.formatted("build"), workflow.formatted("test"),
				workflow.formatted("build"), workflow.formatted("distribution"), workflow.formatted("distribution"));
		assertThat(pointers(RECIPE, INFRASTRUCTURE, NAMED, "'executionRole':'web'", all))
			.containsExactly("/workflows/2/workflowArn", "/workflows/4/workflowArn");
	}

	@Test
	void runThatReusesAConfigurationNeedsRoomForItsTag() {
		ObjectNode tags = JsonMapper.shared().createObjectNode();
		for (int i = 0; i < 50; i++) {
			tags.put("key-" + i, "");
		}
		assertThat(pointers(RECIPE, INFRASTRUCTURE, EXISTING, "'imageTags':" + tags)).containsExactly("/imageTags");
		assertThat(input(RECIPE, INFRASTRUCTURE, NAMED, "'imageTags':" + tags).options().json().path("imageTags"))
			.isEqualTo(tags);
	}

	private RunInput input(String... members) {
		return this.startRun.checked(body(members), IdempotencyKey.NONE).input();
	}

	@SuppressWarnings("unchecked")
	private List<@Nullable String> pointers(String... members) {
		ProblemException refused = catchThrowableOfType(ProblemException.class,
				() -> this.startRun.checked(body(members), IdempotencyKey.NONE));
		List<Violation> violations = (List<Violation>) Objects
			.requireNonNull(refused.problem().members().get("errors"));
		assertThat(violations).allSatisfy((violation) -> assertThat(violation.detail()).endsWith("."));
		return violations.stream().<@Nullable String>map(Violation::pointer).toList();
	}

	private static byte[] body(String... members) {
		return ("{" + String.join(",", members) + "}").replace('\'', '"').getBytes(StandardCharsets.UTF_8);
	}

}
