package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.simulator.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what AWS is sent, member by member. */
@NullUnmarked
class PayloadTests extends VirtualRuns {

	/** Every option of a run that builds an image. */
	static final String OF_A_BUILD = """
			{ "distributionDescription": "Weekly",
			  "distributionTags": { "team": "web", "cost:centre": "" },
			  "executionRole": "ImageBuilderRole",
			  "workflows": [
			    { "workflowArn": "arn:aws:imagebuilder:eu-west-1:aws:workflow/build/build-image/x.x.x",
			      "parameters": [ { "name": "wait", "value": [ "true" ] } ], "onFailure": "ABORT" },
			    { "workflowArn": "arn:aws:imagebuilder:eu-west-1:123456789012:workflow/test/smoke/1.0.0/1",
			      "parallelGroup": "all", "onFailure": "CONTINUE" } ],
			  "imageTestsConfiguration": { "imageTestsEnabled": false, "timeoutMinutes": 90 },
			  "enhancedImageMetadataEnabled": false,
			  "imageScanningConfiguration": { "imageScanningEnabled": true,
			    "ecrConfiguration": { "repositoryName": "scans", "containerTags": [ "latest", "weekly" ] } },
			  "loggingConfiguration": { "logGroupName": "/images/web" },
			  "imageTags": { "team": "web", "stage": "" } }""";

	/** Every option of a run that distributes a source image. */
	static final String OF_A_DISTRIBUTION = """
			{ "distributionDescription": "Weekly",
			  "distributionTags": { "team": "web" },
			  "sourceImage": "arn:aws:imagebuilder:eu-west-1:aws:image/amazon-linux-2023-x86/x.x.x",
			  "region": "eu-west-1",
			  "executionRole": "arn:aws:iam::123456789012:role/images/distributor",
			  "loggingConfiguration": { "logGroupName": "/images/web" },
			  "imageTags": { "team": "web" } }""";

	PayloadTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, Duration.ofMinutes(2));
	}

	@ParameterizedTest
	@EnumSource(names = { "BUILD", "CONTAINER_BUILD", "SOURCE_IMAGE" })
	void configurationIsCreatedWithExactlyTheDocumentsMembers(RunKind kind) {
		NewRun asked = of(kind, NewRuns.withToken("release-4711"));
		this.engine.start(asked);
		this.engine.tick();
		assertThat(sent(Operation.CREATE_DISTRIBUTION_CONFIGURATION))
			.isEqualTo(object().put("name", asked.input().distributionName())
				.put("clientToken", "release-4711")
				.set("distributions", asked.input().distributions()));
	}

	@ParameterizedTest
	@CsvSource({ "BUILD, imageRecipeArn infrastructureConfigurationArn distributionConfigurationArn clientToken",
			"CONTAINER_BUILD, containerRecipeArn infrastructureConfigurationArn distributionConfigurationArn clientToken",
			"REUSING_BUILD, imageRecipeArn infrastructureConfigurationArn distributionConfigurationArn clientToken tags",
			"SOURCE_IMAGE, sourceImage executionRole distributionConfigurationArn clientToken",
			"REUSING_SOURCE_IMAGE, sourceImage executionRole distributionConfigurationArn clientToken tags" })
	void imageIsRequestedWithExactlyTheMembersThatWereGiven(RunKind kind, String members) {
		NewRun asked = of(kind, NewRuns.withToken("release-4711"));
		UUID id = this.engine.start(asked);
		this.engine.tick();
		JsonNode sent = sent(kind.imageOperation());
		assertThat(sent.propertyNames()).containsExactlyInAnyOrder(members.split(" "));
		assertThat(sent.path("clientToken").asString()).isEqualTo("release-4711");
		assertThat(sent.path("distributionConfigurationArn").asString())
			.isEqualTo(this.engine.run(id).distributionConfigurationArn());
		assertThat(sent.path("imageRecipeArn").asString(null)).isEqualTo(asked.input().imageRecipeArn());
	}

	@ParameterizedTest
	@EnumSource(names = { "REUSING_BUILD", "REUSING_SOURCE_IMAGE" })
	void onlyTagIsThatOfTheRun(RunKind kind) {
		UUID id = this.engine.start(any(kind));
		this.engine.tick();
		assertThat(sent(kind.imageOperation()).path("tags"))
			.isEqualTo(object().put("distribute-image:run", id.toString()));
	}

	@Test
	void everyOptionOfABuildArrivesAsItWasSent() {
		NewRun asked = NewRuns.builder().options(OF_A_BUILD).build();
		UUID id = succeeded(asked);
		assertThat(sent(Operation.CREATE_DISTRIBUTION_CONFIGURATION))
			.isEqualTo(withConfigurationOptions(asked, id, OF_A_BUILD));
		ObjectNode expected = options(OF_A_BUILD, "executionRole", "workflows", "imageTestsConfiguration",
				"enhancedImageMetadataEnabled", "imageScanningConfiguration", "loggingConfiguration")
			.put("imageRecipeArn", asked.input().imageRecipeArn())
			.put("infrastructureConfigurationArn", asked.input().infrastructureConfigurationArn());
		assertThat(sent(Operation.CREATE_IMAGE)).isEqualTo(withImageOptions(expected, id, OF_A_BUILD));
	}

	@Test
	void everyOptionOfADistributionArrivesAsItWasSent() {
		NewRun asked = new NewRunBuilder(RunKind.SOURCE_IMAGE.like(NewRuns.any(), "")).options(OF_A_DISTRIBUTION)
			.build();
		UUID id = succeeded(asked);
		assertThat(sent(Operation.CREATE_DISTRIBUTION_CONFIGURATION))
			.isEqualTo(withConfigurationOptions(asked, id, OF_A_DISTRIBUTION));
		ObjectNode expected = options(OF_A_DISTRIBUTION, "sourceImage", "executionRole", "loggingConfiguration");
		assertThat(sent(Operation.DISTRIBUTE_IMAGE)).isEqualTo(withImageOptions(expected, id, OF_A_DISTRIBUTION));
	}

	@Test
	void tagOfTheRunJoinsThoseOfTheImage() {
		NewRun asked = NewRuns.builder()
			.options("{ \"imageTags\": { \"team\": \"web\" } }")
			.reusing(existing("shared"))
			.build();
		UUID id = succeeded(asked);
		assertThat(sent(Operation.CREATE_IMAGE).path("tags"))
			.isEqualTo(object().put("team", "web").put("distribute-image:run", id.toString()));
	}

	private UUID succeeded(NewRun asked) {
		UUID id = this.engine.start(asked);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		return id;
	}

	private JsonNode sent(Operation operation) {
		return this.simulator.requests(operation).get(0).parameters();
	}

	private JsonNode withConfigurationOptions(NewRun asked, UUID id, String json) {
		JsonNode options = JsonMapper.shared().readTree(json);
		ObjectNode expected = object().put("name", asked.input().distributionName()).put("clientToken", token(id));
		expected.set("distributions", asked.input().distributions());
		expected.set("description", options.required("distributionDescription"));
		return expected.set("tags", options.required("distributionTags"));
	}

	private JsonNode withImageOptions(ObjectNode expected, UUID id, String json) {
		return expected.put("distributionConfigurationArn", this.engine.run(id).distributionConfigurationArn())
			.put("clientToken", token(id))
			.set("tags", JsonMapper.shared().readTree(json).required("imageTags"));
	}

	private String token(UUID id) {
		return this.engine.run(id).shown().clientToken();
	}

	private static ObjectNode options(String json, String... names) {
		return ((ObjectNode) JsonMapper.shared().readTree(json)).retain(List.of(names));
	}

	private static ObjectNode object() {
		return JsonMapper.shared().createObjectNode();
	}

}
