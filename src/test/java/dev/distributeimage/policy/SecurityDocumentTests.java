package dev.distributeimage.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests the policy that is shown in docs/security.md. */
class SecurityDocumentTests {

	private static final String ALLOWED = """
			{ "distributionName": "WEB_4711", "executionRole": "image-builder-web",
			  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.x.x",
			  "infrastructureConfigurationArn":
			    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web",
			  "distributions": [
			    { "region": "us-east-1", "amiDistributionConfiguration": {
			        "targetAccountIds": ["111111111111"], "amiTags": { "team:web": "1" }, "kmsKeyId": "alias/images" },
			      "s3ExportConfiguration": {
			        "roleName": "vmimport", "diskImageFormat": "RAW", "s3Bucket": "web-images", "s3Prefix": "disks/" } } ] }
			""";

	private EnumerablePropertySource<?> example;

	private Policy policy;

	@BeforeEach
	void read() throws IOException {
		String document = Files.readString(Path.of("docs/security.md"));
		int begin = document.indexOf("```yaml", document.indexOf("\n## Policies")) + "```yaml".length();
		byte[] yaml = document.substring(begin, document.indexOf("```", begin)).getBytes(StandardCharsets.UTF_8);
		this.example = (EnumerablePropertySource<?>) new YamlPropertySourceLoader()
			.load("example", new ByteArrayResource(yaml))
			.get(0);
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(this.example);
		this.policy = Objects.requireNonNull(ConfiguredPolicies.of(environment).get("web"));
	}

	@Test
	void exampleHasEveryKey() {
		assertThat(this.policy.rules()).allSatisfy((rule) -> assertThat(this.example.getPropertyNames()).as(rule.key())
			.anyMatch((name) -> name.startsWith("distribute-image.policies.web." + rule.key())));
	}

	@Test
	void exampleAllowsWhatItLists() {
		assertThat(this.policy.violations(WrittenPolicy.inputs(JsonMapper.shared().readTree(ALLOWED)))).isEmpty();
	}

	@Test
	void exampleRefusesAllElse() {
		ObjectNode everything = RequestedRuns.everything();
		assertThat(this.policy.violations(WrittenPolicy.inputs(everything)))
			.extracting((violation) -> String.valueOf(violation.rule()))
			.contains("web.recipes", "web.infrastructure-configurations", "web.names", "web.share.accounts",
					"web.share.public", "web.set-default-version", "web.s3-exports", "web.execution-roles",
					"web.workflows");
	}

}
