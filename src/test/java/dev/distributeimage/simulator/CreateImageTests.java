package dev.distributeimage.simulator;

import java.time.Duration;
import java.util.Arrays;

import dev.distributeimage.simulator.RecordedRequest.Outcome;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.imagebuilder.model.CreateImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.IdempotentParameterMismatchException;
import software.amazon.awssdk.services.imagebuilder.model.InvalidParameterCombinationException;
import software.amazon.awssdk.services.imagebuilder.model.InvalidParameterValueException;
import software.amazon.awssdk.services.imagebuilder.model.ServiceQuotaExceededException;
import software.amazon.awssdk.services.imagebuilder.model.WorkflowConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CreateImageTests {

	private static final String CONTAINER_RECIPE = SdkCalls.PREFIX + "container-recipe/box/1.0.0";

	private final HandCrankedClock clock = new HandCrankedClock();

	@AutoClose
	private final Simulator simulator = Simulator.start(SimulatorSettings.defaults().withClock(this.clock));

	@AutoClose
	private final SdkCalls calls = SdkCalls.to(this.simulator);

	@Test
	void buildsAreNumberedPerRecipeVersion() {
		String distribution = distribution();
		assertThat(create("web/1.0.0", distribution, "a")).endsWith(":image/web/1.0.0/1");
		assertThat(create("web/1.0.0", distribution, "b")).endsWith(":image/web/1.0.0/2");
		assertThat(create("web/1.0.1", distribution, "c")).endsWith(":image/web/1.0.1/1");
		assertThat(create("app/1.0.0", distribution, "d")).endsWith(":image/app/1.0.0/1");
	}

	@ParameterizedTest
	@CsvSource({ "x.x.x, 1.0.0", "2.x.x, 2.0.0", "2.3.x, 2.3.0", "2.3.4, 2.3.4" })
	void wildcardResolvesToAVersion(String asked, String concrete) {
		assertThat(create("x-web/" + asked, distribution(), "t")).endsWith(":image/x-web/" + concrete + "/1");
	}

	@Test
	void answerRefersToTheLatestVersions() {
		CreateImageResponse response = this.calls.createImage("web/1.2.3", distribution(), "t");
		assertThat(response.clientToken()).isEqualTo("t");
		assertThat(response.requestId()).isNotBlank();
		assertThat(response.latestVersionReferences().latestVersionArn()).endsWith("/web/x.x.x");
		assertThat(response.latestVersionReferences().latestMajorVersionArn()).endsWith("/web/1.x.x");
		assertThat(response.latestVersionReferences().latestMinorVersionArn()).endsWith("/web/1.2.x");
		assertThat(response.latestVersionReferences().latestPatchVersionArn()).endsWith("/web/1.2.3");
	}

	@Test
	void replayStartsNoBuild() {
		String distribution = distribution();
		String arn = create("web/1.0.0", distribution, "t");
		this.clock.advance(Duration.ofHours(1));
		assertThat(create("web/1.0.0", distribution, "t")).isEqualTo(arn);
		assertThat(this.simulator.builds()).isEqualTo(1);
		assertThat(this.simulator.requests(Operation.CREATE_IMAGE)).extracting(RecordedRequest::outcome)
			.containsExactly(Outcome.COMMITTED, Outcome.REPLAYED);
	}

	@Test
	void tokenOfAnotherOperationIsNoReplay() {
		String distribution = this.calls.client()
			.createDistributionConfiguration(
					(request) -> request.name("web").clientToken("t").distributions(SdkCalls.amisIn("eu-west-1")))
			.distributionConfigurationArn();
		assertThat(create("web/1.0.0", distribution, "t")).endsWith("/1");
	}

	@Test
	void tokenWithAnotherRecipeMismatches() {
		String distribution = distribution();
		create("web/1.0.0", distribution, "t");
		assertThatExceptionOfType(IdempotentParameterMismatchException.class)
			.isThrownBy(() -> create("web/1.0.1", distribution, "t"))
			.satisfies((ex) -> assertThat(ex.statusCode()).isEqualTo(400));
		assertThat(this.simulator.builds()).isEqualTo(1);
	}

	@Test
	void forgottenTokenBuildsAgain() {
		String distribution = distribution();
		create("web/1.0.0", distribution, "t");
		this.simulator.forgetTokens();
		assertThat(create("web/1.0.0", distribution, "t")).endsWith("/2");
		assertThat(this.simulator.builds()).isEqualTo(2);
	}

	@Test
	void unknownDistributionConfigurationIsRefused() {
		String unknown = SdkCalls.PREFIX + "distribution-configuration/unknown";
		assertThatExceptionOfType(InvalidParameterValueException.class)
			.isThrownBy(() -> create("web/1.0.0", unknown, "t"))
			.withMessageContaining("distributionConfigurationArn");
	}

	@Test
	void distributionConfigurationOfAnotherRegionIsRefused() {
		String elsewhere = distribution().replace("eu-west-1", "eu-west-2");
		assertThatExceptionOfType(InvalidParameterValueException.class)
			.isThrownBy(() -> create("web/1.0.0", elsewhere, "t"))
			.withMessageContaining("Region");
	}

	@Test
	void neitherRecipeIsRefused() {
		assertThatExceptionOfType(InvalidParameterCombinationException.class).isThrownBy(() -> this.calls.client()
			.createImage((request) -> request.infrastructureConfigurationArn(SdkCalls.INFRASTRUCTURE)));
	}

	@Test
	void bothRecipesAreRefused() {
		assertThatExceptionOfType(InvalidParameterCombinationException.class).isThrownBy(() -> this.calls.client()
			.createImage((request) -> request.infrastructureConfigurationArn(SdkCalls.INFRASTRUCTURE)
				.imageRecipeArn(SdkCalls.PREFIX + "image-recipe/web/1.0.0")
				.containerRecipeArn(CONTAINER_RECIPE)));
	}

	@Test
	void workflowsNeedARole() {
		assertThatExceptionOfType(InvalidParameterValueException.class)
			.isThrownBy(() -> createWith(null, workflows("build")))
			.withMessageContaining("executionRole");
	}

	@ParameterizedTest
	@CsvSource({ "build;build", "distribution;test;distribution" })
	void secondBuildOrDistributionWorkflowIsRefused(String kinds) {
		assertThatExceptionOfType(InvalidParameterValueException.class)
			.isThrownBy(() -> createWith("role", workflows(kinds.split(";"))))
			.withMessageContaining("workflows");
	}

	@Test
	void anyNumberOfWorkflowsMayTestUpToTen() {
		String[] kinds = new String[11];
		Arrays.fill(kinds, "test");
		kinds[0] = "build";
		kinds[1] = "distribution";
		assertThat(createWith("role", workflows(Arrays.copyOf(kinds, 10)))).endsWith("/1");
		assertThatExceptionOfType(InvalidParameterValueException.class)
			.isThrownBy(() -> createWith("role", workflows(kinds)));
	}

	@Test
	void buildOverTheQuotaIs402UntilOneHasEnded() {
		this.simulator.change((settings) -> settings.withConcurrentBuilds(1));
		this.calls.build("web");
		assertThatExceptionOfType(ServiceQuotaExceededException.class).isThrownBy(() -> this.calls.build("web"))
			.satisfies((ex) -> assertThat(ex.statusCode()).isEqualTo(402));
		this.clock.advance(Duration.ofSeconds(6));
		assertThat(this.calls.build("web")).endsWith("/2");
	}

	@Test
	void recipeOfAnotherAccountBuildsInTheCallersAccount() {
		String arn = this.calls.client()
			.createImage((request) -> request.infrastructureConfigurationArn(SdkCalls.INFRASTRUCTURE)
				.imageRecipeArn("arn:aws:imagebuilder:eu-west-1:999999999999:image-recipe/shared/1.0.0"))
			.imageBuildVersionArn();
		assertThat(arn).isEqualTo(SdkCalls.PREFIX + "image/shared/1.0.0/1");
	}

	private String createWith(@Nullable String role, WorkflowConfiguration... workflows) {
		return this.calls.client()
			.createImage((request) -> request.infrastructureConfigurationArn(SdkCalls.INFRASTRUCTURE)
				.imageRecipeArn(SdkCalls.PREFIX + "image-recipe/web/1.0.0")
				.executionRole(role)
				.workflows(workflows))
			.imageBuildVersionArn();
	}

	private static WorkflowConfiguration[] workflows(String... kinds) {
		return Arrays.stream(kinds)
			.map((kind) -> "arn:aws:imagebuilder:eu-west-1:aws:workflow/%s/%s-image/1.0.3/1".formatted(kind, kind))
			.map((arn) -> WorkflowConfiguration.builder().workflowArn(arn).build())
			.toArray(WorkflowConfiguration[]::new);
	}

	private String distribution() {
		return this.calls.createDistribution("web", SdkCalls.amisIn("eu-west-1"));
	}

	private String create(String recipe, String distribution, String token) {
		return this.calls.createImage(recipe, distribution, token).imageBuildVersionArn();
	}

}
