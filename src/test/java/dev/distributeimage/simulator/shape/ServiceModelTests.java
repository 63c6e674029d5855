package dev.distributeimage.simulator.shape;

import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

class ServiceModelTests {

	private static final String RESOURCE = "/dev/distributeimage/simulator/imagebuilder-model.json";

	private final ServiceModel model = ServiceModel.read(RESOURCE);

	@Test
	void operationIsFoundByMethodAndPath() {
		assertThat(this.model.operation("PUT", "/CreateImage")).get()
			.extracting(ModelledOperation::name)
			.isEqualTo("CreateImage");
		assertThat(this.model.operation("POST", "/CreateImage")).isEmpty();
		assertThat(this.model.operation("GET", "/GetImage")).get()
			.extracting(ModelledOperation::queryMembers)
			.isEqualTo(Set.of("imageBuildVersionArn"));
	}

	@Test
	void parameterOfThePathIsOneSegment() {
		assertThat(this.model.operation("GET", "/tags/arn%3Aaws")).get()
			.satisfies((operation) -> assertThat(operation.pathParameters("/tags/arn%3Aaws"))
				.hasValue(Map.of("resourceArn", "arn%3Aaws")))
			.extracting(ModelledOperation::name)
			.isEqualTo("ListTagsForResource");
		assertThat(this.model.operation("GET", "/tags/")).isEmpty();
		assertThat(this.model.operation("GET", "/tags/a/b")).isEmpty();
		assertThat(this.model.operation("GET", "/tag/a")).isEmpty();
	}

	@Test
	void answerShowsOnlyWhatTheModelKnows() {
		ObjectNode document = JsonMapper.shared().createObjectNode().put("arn", "a").put("dateUpdated", "now");
		assertThat(this.model.operation("GetImageRecipe").shown("imageRecipe", document).propertyNames())
			.containsExactly("arn");
		assertThat(this.model.operation("ListInfrastructureConfigurations")
			.shown("infrastructureConfigurationSummaryList", document)
			.propertyNames()).containsExactly("arn", "dateUpdated");
	}

	@Test
	void everyPatternMeansTheSameInJava() {
		JsonNode shapes = JsonMapper.shared()
			.readTree(ServiceModelTests.class.getResourceAsStream(RESOURCE))
			.get("shapes");
		List<String> patterns = shapes.valueStream()
			.map((shape) -> shape.path("pattern").asString(""))
			.filter((pattern) -> !pattern.isEmpty())
			.toList();
		assertThat(patterns).hasSizeGreaterThan(30)
			.allSatisfy((pattern) -> assertThat(ModelPattern.of(pattern).compiled()).isNotNull())
			.allSatisfy((pattern) -> assertThat(javaOnly(pattern)).isFalse());
	}

	/**
	 * In a character class, only Java reads {@code &&} as an intersection and an
	 * unescaped bracket as a nested class.
	 */
	private static boolean javaOnly(String pattern) {
		String plain = pattern.replaceAll("\\\\.", "");
		return plain.contains("&&") || plain.matches(".*\\[[^\\]]*\\[.*") || plain.replaceAll("\\$$", "").contains("$");
	}

	@ParameterizedTest
	@ValueSource(strings = { "abc", "a-b", "A_b c-", "-0-", "_ _" })
	void nameIsAccepted(String name) {
		assertThat(createDistribution(name)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "ab", " abc", "abc ", "a.b", "abc\\n", "a/b", "äbc" })
	void nameIsRefused(String name) {
		assertThat(createDistribution(name)).extracting(Violation::parameter).containsExactly("name");
	}

	@Test
	void nameOf128CharactersIsTheLongest() {
		assertThat(createDistribution("a".repeat(128))).isEmpty();
		assertThat(createDistribution("a".repeat(129))).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "{} | amiDistributionConfiguration", "[] | amiDistributionConfiguration",
			"{\"name\": 7} | amiDistributionConfiguration.name",
			"{\"kmsKeyId\": \"\"} | amiDistributionConfiguration.kmsKeyId",
			"{\"amiTags\": {\"k\": 1}} | amiDistributionConfiguration.amiTags.k",
			"{\"amiTags\": []} | amiDistributionConfiguration.amiTags",
			"{\"targetAccountIds\": [null]} | amiDistributionConfiguration.targetAccountIds[0]",
			"{\"launchPermission\": {\"userGroup\": 1}} | amiDistributionConfiguration.launchPermission.userGroup" })
	void violationNamesItsPath(String configuration, String path) {
		String request = """
				{"name": "web", "clientToken": "t", "distributions": [{"region": "eu-west-1",
				"amiDistributionConfiguration": %s}]}""".formatted(configuration);
		List<Violation> found = check("CreateDistributionConfiguration", request);
		if (configuration.equals("{}")) {
			assertThat(found).isEmpty();
			return;
		}
		assertThat(found).extracting(Violation::parameter).containsExactly("distributions[0]." + path);
	}

	@Test
	void launchTemplateNumbersAndFlagsAreChecked() {
		String request = """
				{"name": "web", "clientToken": "t", "distributions": [{"region": "eu-west-1",
				"launchTemplateConfigurations": [{"launchTemplateId": "lt-0123456789abcdefg", "setDefaultVersion": 1}],
				"fastLaunchConfigurations": [{"enabled": true, "maxParallelLaunches": 0,
				"snapshotConfiguration": {"targetResourceCount": 10001}}]}]}""";
		assertThat(check("CreateDistributionConfiguration", request)).extracting(Violation::parameter)
			.containsExactlyInAnyOrder("distributions[0].launchTemplateConfigurations[0].setDefaultVersion",
					"distributions[0].fastLaunchConfigurations[0].maxParallelLaunches",
					"distributions[0].fastLaunchConfigurations[0].snapshotConfiguration.targetResourceCount");
	}

	@Test
	void lengthIsCountedInCodePoints() {
		String request = """
				{"name": "web", "clientToken": "%s", "distributions": []}""";
		assertThat(check("CreateDistributionConfiguration", request.formatted("😀".repeat(64)))).isEmpty();
		assertThat(check("CreateDistributionConfiguration", request.formatted("😀".repeat(65)))).hasSize(1);
	}

	@Test
	void missingMembersAreAllFound() {
		assertThat(check("CreateImage", "{}")).extracting(Violation::parameter)
			.containsExactlyInAnyOrder("infrastructureConfigurationArn", "clientToken");
	}

	private List<Violation> createDistribution(String name) {
		return check("CreateDistributionConfiguration",
				"{\"name\": \"" + name + "\", \"clientToken\": \"t\", \"distributions\": []}");
	}

	private List<Violation> check(String operation, String request) {
		return this.model.operation(operation).check(JsonMapper.shared().readTree(request));
	}

}
