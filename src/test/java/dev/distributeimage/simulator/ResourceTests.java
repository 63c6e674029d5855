package dev.distributeimage.simulator;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.imagebuilder.model.Component;
import software.amazon.awssdk.services.imagebuilder.model.ComponentConfiguration;
import software.amazon.awssdk.services.imagebuilder.model.ComponentSummary;
import software.amazon.awssdk.services.imagebuilder.model.ComponentVersion;
import software.amazon.awssdk.services.imagebuilder.model.ContainerRecipe;
import software.amazon.awssdk.services.imagebuilder.model.DistributionConfigurationSummary;
import software.amazon.awssdk.services.imagebuilder.model.Filter;
import software.amazon.awssdk.services.imagebuilder.model.ImageRecipe;
import software.amazon.awssdk.services.imagebuilder.model.ImageRecipeSummary;
import software.amazon.awssdk.services.imagebuilder.model.InfrastructureConfiguration;
import software.amazon.awssdk.services.imagebuilder.model.InvalidParameterCombinationException;
import software.amazon.awssdk.services.imagebuilder.model.InvalidParameterValueException;
import software.amazon.awssdk.services.imagebuilder.model.Platform;
import software.amazon.awssdk.services.imagebuilder.model.ResourceAlreadyExistsException;
import software.amazon.awssdk.services.imagebuilder.model.ResourceDependencyException;
import software.amazon.awssdk.services.imagebuilder.model.ResourceNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests what components, recipes and configurations have in common, and where they
 * differ.
 */
class ResourceTests extends SteppedSimulatorTest {

	private final ResourceCalls resources = new ResourceCalls(this.calls);

	@ParameterizedTest
	@CsvSource({ "COMPONENT, component/my-web-1/1.0.0/1", "IMAGE_RECIPE, image-recipe/my-web-1/1.0.0",
			"CONTAINER_RECIPE, container-recipe/my-web-1/1.0.0",
			"INFRASTRUCTURE_CONFIGURATION, infrastructure-configuration/my-web-1",
			"DISTRIBUTION_CONFIGURATION, distribution-configuration/my-web-1" })
	void arnBearsTheNormalisedName(Kind kind, String resource) {
		assertThat(this.resources.create(kind, "My Web_1")).isEqualTo(SdkCalls.PREFIX + resource);
	}

	@ParameterizedTest
	@EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "COMPONENT")
	void nameIsTakenOnce(Kind kind) {
		String arn = this.resources.create(kind, "web 1");
		assertThatExceptionOfType(ResourceAlreadyExistsException.class)
			.isThrownBy(() -> this.resources.create(kind, "WEB-1"))
			.withMessageContaining("'%s' already exists: '%s'".formatted(kind.word(), arn));
		this.resources.delete(kind, arn);
		assertThat(this.resources.create(kind, "WEB-1")).isEqualTo(arn);
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void deletedIsNotFound(Kind kind) {
		String arn = this.resources.create(kind, "web");
		assertThat(this.resources.shown(kind, arn)).contains("web");
		this.resources.delete(kind, arn);
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> this.resources.shown(kind, arn))
			.satisfies((ex) -> assertThat(ex.statusCode()).isEqualTo(404));
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> this.resources.delete(kind, arn));
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void replayCreatesNothing(Kind kind) {
		assertThat(this.resources.create(kind, "web", "t")).isEqualTo(this.resources.create(kind, "web", "t"));
	}

	@Test
	void everyCreationOfAComponentIsABuild() {
		String first = this.resources.create(Kind.COMPONENT, "web");
		assertThat(this.resources.create(Kind.COMPONENT, "web")).endsWith("component/web/1.0.0/2");
		this.resources.delete(Kind.COMPONENT, first);
		assertThat(this.resources.create(Kind.COMPONENT, "web")).endsWith("component/web/1.0.0/3");
		assertThat(this.resources.component(SdkCalls.PREFIX + "component/web/1.x.x").arn())
			.endsWith("component/web/1.0.0/3");
	}

	@ParameterizedTest
	@CsvSource({ "1.2.x, 1.2.4", "1.x.x, 1.3.0", "x.x.x, 11.0.0", "2.x.x, 2.0.0", "10.0.x, 10.0.1", "3.4.5, 3.4.5" })
	void wildcardIsTheNextVersion(String asked, String version) {
		for (String existing : List.of("1.2.3", "10.0.0", "1.0.9")) {
			this.resources.imageRecipe("web", existing);
		}
		assertThat(this.resources.imageRecipe("web", asked)).endsWith("image-recipe/web/" + version);
	}

	@ParameterizedTest
	@CsvSource({ "x.x.x, 10.0.0", "1.x.x, 1.2.3", "1.0.x, 1.0.9" })
	void wildcardFindsTheLatestVersion(String asked, String version) {
		for (String existing : List.of("1.2.3", "10.0.0", "1.0.9")) {
			this.resources.imageRecipe("web", existing);
		}
		String wanted = SdkCalls.PREFIX + "image-recipe/web/" + asked;
		assertThat(this.calls.client().getImageRecipe((request) -> request.imageRecipeArn(wanted)).imageRecipe().arn())
			.endsWith("/" + version);
		String distribution = this.resources.create(Kind.DISTRIBUTION_CONFIGURATION, "web");
		assertThat(this.calls.createImage("web/" + asked, distribution, "t").imageBuildVersionArn())
			.endsWith("image/web/" + version + "/1");
	}

	@Test
	void versionAfterAWildcardIsRefused() {
		assertThatExceptionOfType(InvalidParameterValueException.class)
			.isThrownBy(() -> this.resources.imageRecipe("web", "1.x.0"))
			.withMessageContaining("semanticVersion");
	}

	@Test
	void componentIsShownAsItWasMade() {
		String arn = this.calls.client()
			.createComponent((request) -> request.name("Web")
				.semanticVersion("1.0.0")
				.platform(Platform.WINDOWS)
				.supportedOsVersions("Microsoft Windows Server 2025")
				.changeDescription("c")
				.kmsKeyId("alias/web")
				.tags(Map.of("team", "x"))
				.data("phases:\n  - name: test\n    steps: []\n"))
			.componentBuildVersionArn();
		Component component = this.resources.component(arn);
		assertThat(component.name()).isEqualTo("Web");
		assertThat(component.version()).isEqualTo("1.0.0");
		assertThat(component.typeAsString()).isEqualTo("TEST");
		assertThat(component.platform()).isEqualTo(Platform.WINDOWS);
		assertThat(component.supportedOsVersions()).containsExactly("Microsoft Windows Server 2025");
		assertThat(component.changeDescription()).isEqualTo("c");
		assertThat(component.kmsKeyId()).isEqualTo("alias/web");
		assertThat(component.data()).contains("steps: []");
		assertThat(component.owner()).isEqualTo("123456789012");
		assertThat(component.encrypted()).isTrue();
		assertThat(component.tags()).containsOnly(Map.entry("team", "x"));
		assertThat(component.dateCreated()).isEqualTo("2026-09-03T05:44:21.121Z");
	}

	@ParameterizedTest
	@CsvSource({ "{\"phases\":[{\"name\":\"test\"}]}, TEST", "'phases: [{name: build}, {name: test}]', BUILD",
			"'phases: [{name: ''validate''}]', BUILD", "'- name: tests', BUILD" })
	void componentTestsIfItHasNoPhaseThatBuilds(String data, String type) {
		String arn = this.calls.client()
			.createComponent((request) -> request.name("web").semanticVersion("1.0.0").platform("Linux").data(data))
			.componentBuildVersionArn();
		assertThat(this.resources.component(arn).typeAsString()).isEqualTo(type);
	}

	@Test
	void componentWithoutContentIsRefused() {
		assertThatExceptionOfType(InvalidParameterCombinationException.class).isThrownBy(() -> this.calls.client()
			.createComponent((request) -> request.name("web").semanticVersion("1.0.0").platform("Linux")));
	}

	@Test
	void recipesAreShownAsTheyWereMade() {
		String windows = this.calls.client()
			.createImageRecipe((request) -> request.name("web")
				.semanticVersion("1.0.0")
				.parentImage("arn:aws:imagebuilder:eu-west-1:aws:image/windows-server-2025-english-core-base-x86/x.x.x")
				.workingDirectory("/tmp"))
			.imageRecipeArn();
		ImageRecipe recipe = this.calls.client()
			.getImageRecipe((request) -> request.imageRecipeArn(windows))
			.imageRecipe();
		assertThat(recipe.platform()).isEqualTo(Platform.WINDOWS);
		assertThat(recipe.typeAsString()).isEqualTo("AMI");
		assertThat(recipe.workingDirectory()).isEqualTo("/tmp");
		String box = this.resources.create(Kind.CONTAINER_RECIPE, "box");
		ContainerRecipe container = this.calls.client()
			.getContainerRecipe((request) -> request.containerRecipeArn(box))
			.containerRecipe();
		assertThat(container.platform()).isEqualTo(Platform.LINUX);
		assertThat(container.targetRepository().repositoryName()).isEqualTo("box");
	}

	@Test
	void updateReplacesAllButNameTagsAndDate() {
		String arn = this.calls.client()
			.createInfrastructureConfiguration((request) -> request.name("Small 1")
				.instanceProfileName("builder")
				.description("d")
				.tags(Map.of("team", "x")))
			.infrastructureConfigurationArn();
		this.clock.advance(STEP);
		this.calls.client()
			.updateInfrastructureConfiguration(
					(request) -> request.infrastructureConfigurationArn(arn).instanceProfileName("other").keyPair("k"));
		InfrastructureConfiguration shown = this.calls.client()
			.getInfrastructureConfiguration((request) -> request.infrastructureConfigurationArn(arn))
			.infrastructureConfiguration();
		assertThat(shown.name()).isEqualTo("Small 1");
		assertThat(shown.tags()).containsOnly(Map.entry("team", "x"));
		assertThat(shown.dateCreated()).isEqualTo("2026-09-03T05:44:21.121Z");
		assertThat(shown.dateUpdated()).isEqualTo("2026-09-03T05:44:31.121Z");
		assertThat(shown.instanceProfileName()).isEqualTo("other");
		assertThat(shown.keyPair()).isEqualTo("k");
		assertThat(shown.description()).isNull();
	}

	@Test
	void updateDoesNotReachImagesThatAreMade() {
		String arn = this.calls.createDistribution("web", SdkCalls.amisIn("eu-west-1"));
		String image = this.calls.build("web", arn);
		this.calls.client()
			.updateDistributionConfiguration((request) -> request.distributionConfigurationArn(arn)
				.distributions(SdkCalls.amisIn("eu-west-1", "us-east-1")));
		assertThat(this.calls.image(image).distributionConfiguration().distributions()).hasSize(1);
		assertThat(this.calls.image(this.calls.build("web", arn)).distributionConfiguration().distributions())
			.hasSize(2);
	}

	@Test
	void updateIsAsStrictAsCreate() {
		String arn = this.calls.createDistribution("web", SdkCalls.amisIn("eu-west-1"));
		assertThatExceptionOfType(InvalidParameterValueException.class).isThrownBy(() -> this.calls.client()
			.updateDistributionConfiguration((request) -> request.distributionConfigurationArn(arn)
				.distributions(SdkCalls.amisIn("eu-west-1", "eu-west-1"))));
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> this.calls.client()
			.updateDistributionConfiguration((request) -> request.distributionConfigurationArn(arn + "2")
				.distributions(SdkCalls.amisIn("eu-west-1"))));
	}

	@ParameterizedTest
	@CsvSource({ "component/web/1.0.0/1", "component/web/1.0.0", "component/web/x.x.x" })
	void componentOfARecipeIsInUse(String asked) {
		String component = this.resources.create(Kind.COMPONENT, "web");
		String recipe = this.calls.client()
			.createImageRecipe((request) -> request.name("web")
				.semanticVersion("1.0.0")
				.parentImage("ami-01234567")
				.components(ComponentConfiguration.builder().componentArn(SdkCalls.PREFIX + asked).build()))
			.imageRecipeArn();
		assertThatExceptionOfType(ResourceDependencyException.class)
			.isThrownBy(() -> this.resources.delete(Kind.COMPONENT, component))
			.withMessageContaining(component);
		this.resources.delete(Kind.IMAGE_RECIPE, recipe);
		this.resources.delete(Kind.COMPONENT, component);
	}

	@Test
	void componentsAreListedByVersionAndByBuild() {
		this.resources.create(Kind.COMPONENT, "web");
		this.resources.create(Kind.COMPONENT, "web");
		this.resources.create(Kind.COMPONENT, "app");
		assertThat(this.calls.client().listComponents((request) -> request.maxResults(25)).componentVersionList())
			.extracting(ComponentVersion::arn)
			.containsExactly(SdkCalls.PREFIX + "component/web/1.0.0", SdkCalls.PREFIX + "component/app/1.0.0");
		assertThat(this.calls.client()
			.listComponentBuildVersions(
					(request) -> request.componentVersionArn(SdkCalls.PREFIX + "component/web/1.0.0"))
			.componentSummaryList()).extracting(ComponentSummary::arn)
			.containsExactly(SdkCalls.PREFIX + "component/web/1.0.0/1", SdkCalls.PREFIX + "component/web/1.0.0/2");
	}

	@Test
	void listsAreFilteredAndPaged() {
		IntStream.range(0, 30).forEach((number) -> this.resources.create(Kind.IMAGE_RECIPE, "web" + number));
		this.calls.createDistribution("app", SdkCalls.amisIn("eu-west-1", "us-east-1"));
		assertThat(this.calls.client().listImageRecipes((request) -> request.maxResults(25)).imageRecipeSummaryList())
			.hasSize(25);
		assertThat(this.calls.client()
			.listImageRecipesPaginator((request) -> request.maxResults(7))
			.stream()
			.flatMap((page) -> page.imageRecipeSummaryList().stream())
			.map(ImageRecipeSummary::arn)).hasSize(30).doesNotHaveDuplicates();
		assertThat(this.calls.client()
			.listImageRecipes(
					(request) -> request.filters(Filter.builder().name("name").values("web7", "web8").build()))
			.imageRecipeSummaryList()).hasSize(2);
		assertThat(this.calls.client().listImageRecipes((request) -> request.owner("Amazon")).imageRecipeSummaryList())
			.isEmpty();
		assertThat(this.calls.client()
			.listDistributionConfigurations((request) -> request.maxResults(25))
			.distributionConfigurationSummaryList()).extracting(DistributionConfigurationSummary::regions)
			.containsExactly(List.of("eu-west-1", "us-east-1"));
	}

	@Test
	void unknownFilterIsRefused() {
		assertThatExceptionOfType(InvalidParameterValueException.class).isThrownBy(() -> this.calls.client()
			.listInfrastructureConfigurations(
					(request) -> request.filters(Filter.builder().name("description").values("x").build())));
	}

	@Test
	void imageShowsItsRecipeAsItIs() {
		String recipe = this.resources.create(Kind.IMAGE_RECIPE, "web");
		String infrastructure = this.resources.create(Kind.INFRASTRUCTURE_CONFIGURATION, "small");
		String image = this.calls.build("web");
		assertThat(this.calls.image(image).imageRecipe().arn()).isEqualTo(recipe);
		assertThat(this.calls.image(image).imageRecipe().parentImage()).isEqualTo("ami-01234567");
		assertThat(this.calls.image(image).infrastructureConfiguration().arn()).isEqualTo(infrastructure);
		assertThat(this.calls.image(image).infrastructureConfiguration().instanceProfileName()).isEqualTo("builder");
	}

}
