package dev.distributeimage.policy;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import dev.distributeimage.api.contract.OpenApi;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that every input of the contract has a rule, or is known to need none. */
class UnruledInputsTests {

	private static final String EXPORT = "/distributions/*/s3ExportConfiguration";

	private static final Set<String> HARMLESS = Set.of("/clientToken", "/deadline", "/labels/*",
			"/distributionDescription", "/distributions/*/amiDistributionConfiguration/name",
			"/distributions/*/amiDistributionConfiguration/description",
			"/distributions/*/containerDistributionConfiguration/description",
			// Only ECR.
			"/distributions/*/containerDistributionConfiguration/targetRepository/service",
			"/distributions/*/fastLaunchConfigurations/*/enabled",
			"/distributions/*/fastLaunchConfigurations/*/launchTemplate/launchTemplateVersion",
			"/distributions/*/ssmParameterConfigurations/*/dataType", EXPORT + "/diskImageFormat",
			"/enhancedImageMetadataEnabled", "/imageScanningConfiguration/imageScanningEnabled",
			"/imageTestsConfiguration/imageTestsEnabled", "/imageTestsConfiguration/timeoutMinutes",
			"/workflows/*/onFailure", "/workflows/*/parallelGroup", "/workflows/*/parameters/*/name",
			"/workflows/*/parameters/*/value/*");

	private static final Set<String> OF_AN_EXPORT = Set.of(EXPORT + "/roleName", EXPORT + "/s3Bucket",
			EXPORT + "/s3Prefix");

	@Test
	void everyInputHasARuleOrNeedsNone() {
		Set<String> ruled = WrittenPolicy.empty()
			.read()
			.rules()
			.stream()
			.flatMap((rule) -> rule.paths().stream())
			.collect(Collectors.toSet());
		Set<String> unruled = new TreeSet<>();
		collect("", OpenApi.document().at("/components/schemas/StartRun"), unruled);
		unruled.removeAll(ruled);
		unruled.removeAll(OF_AN_EXPORT);
		assertThat(unruled).isEqualTo(new TreeSet<>(HARMLESS));
		assertThat(ruled).contains(EXPORT);
	}

	private static void collect(String path, JsonNode schema, Set<String> leaves) {
		JsonNode resolved = resolved(schema);
		if (resolved.has("items")) {
			collect(path + "/*", resolved.path("items"), leaves);
		}
		else if (resolved.path("additionalProperties").isObject()) {
			leaves.add(path + "/*");
		}
		else if (resolved.has("properties")) {
			resolved.path("properties")
				.properties()
				.forEach((member) -> collect(path + "/" + member.getKey(), member.getValue(), leaves));
		}
		else {
			leaves.add(path);
		}
	}

	private static JsonNode resolved(JsonNode schema) {
		return schema.has("$ref") ? OpenApi.document().at(schema.path("$ref").asString().substring(1)) : schema;
	}

}
