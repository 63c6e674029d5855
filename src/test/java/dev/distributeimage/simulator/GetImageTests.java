package dev.distributeimage.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.imagebuilder.model.Ami;
import software.amazon.awssdk.services.imagebuilder.model.CreateImageRequest;
import software.amazon.awssdk.services.imagebuilder.model.Distribution;
import software.amazon.awssdk.services.imagebuilder.model.Image;
import software.amazon.awssdk.services.imagebuilder.model.ImageScanningConfiguration;
import software.amazon.awssdk.services.imagebuilder.model.InvalidParameterValueException;
import software.amazon.awssdk.services.imagebuilder.model.ResourceNotFoundException;
import software.amazon.awssdk.services.imagebuilder.model.WorkflowConfiguration;
import software.amazon.awssdk.services.imagebuilder.model.WorkflowParameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

class GetImageTests extends SteppedSimulatorTest {

	@Test
	void statusChangesAtEveryStepOfThePace() {
		String arn = this.calls.build("web");
		List<String> seen = new ArrayList<>();
		for (int step = 0; step < 8; step++) {
			seen.add(this.calls.status(arn));
			this.clock.advance(STEP);
		}
		assertThat(seen).containsExactly("PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING",
				"AVAILABLE", "AVAILABLE");
	}

	@Test
	void statusStaysUntilItsStepIsOver() {
		String arn = this.calls.build("web");
		this.clock.advance(STEP.minusNanos(1));
		assertThat(this.calls.status(arn)).isEqualTo("PENDING");
		this.clock.advance(Duration.ofNanos(1));
		assertThat(this.calls.status(arn)).isEqualTo("CREATING");
	}

	@Test
	void amisAreMadePerRegionAndAccount() {
		Distribution home = SdkCalls.amisIn("eu-west-1")[0].toBuilder()
			.amiDistributionConfiguration((ami) -> ami.name("web {{imagebuilder:buildDate}}")
				.description("d")
				.targetAccountIds("444455556666", "123456789012"))
			.build();
		Distribution launchTemplateOnly = Distribution.builder()
			.region("us-east-1")
			.licenseConfigurationArns(
					"arn:aws:license-manager:us-east-1:123456789012:license-configuration:lic-" + "0".repeat(32))
			.build();
		String arn = this.calls.build("web", this.calls.createDistribution("web", home, launchTemplateOnly));
		this.clock.advance(STEP.multipliedBy(5));
		assertThat(this.calls.image(arn).outputResources().amis()).isEmpty();
		this.clock.advance(STEP);
		List<Ami> amis = this.calls.image(arn).outputResources().amis();
		assertThat(amis).extracting(Ami::region, Ami::accountId, Ami::name)
			.containsExactly(tuple("eu-west-1", "123456789012", "web 2026-09-03T05-44-21.121Z"),
					tuple("eu-west-1", "444455556666", "web 2026-09-03T05-44-21.121Z"),
					tuple("us-east-1", "123456789012", "web 2026-09-03T05-44-21.121Z"));
		assertThat(amis).extracting(Ami::image)
			.doesNotHaveDuplicates()
			.allMatch((id) -> id.matches("ami-[0-9a-f]{17}"));
	}

	@Test
	void imageWithoutDistributionIsInItsOwnRegion() {
		String arn = this.calls.build("web");
		this.clock.advance(STEP.multipliedBy(6));
		assertThat(this.calls.image(arn).outputResources().amis()).extracting(Ami::region).containsExactly("eu-west-1");
	}

	@Test
	void containerIsPushedToItsRepositories() {
		Distribution box = Distribution.builder()
			.region("us-east-1")
			.containerDistributionConfiguration((container) -> container.containerTags("latest")
				.targetRepository((repository) -> repository.service("ECR").repositoryName("box")))
			.build();
		String distribution = this.calls.createDistribution("box", box, SdkCalls.amisIn("eu-west-1")[0]);
		String arn = this.calls.client()
			.createImage((request) -> request.containerRecipeArn(SdkCalls.PREFIX + "container-recipe/box/1.0.0")
				.infrastructureConfigurationArn(SdkCalls.INFRASTRUCTURE)
				.distributionConfigurationArn(distribution))
			.imageBuildVersionArn();
		this.clock.advance(STEP.multipliedBy(6));
		Image image = this.calls.image(arn);
		assertThat(image.typeAsString()).isEqualTo("DOCKER");
		assertThat(image.containerRecipe().arn()).endsWith("container-recipe/box/1.0.0");
		assertThat(image.outputResources().amis()).isEmpty();
		assertThat(image.outputResources().containers()).singleElement().satisfies((container) -> {
			assertThat(container.region()).isEqualTo("us-east-1");
			assertThat(container.imageUris()).containsExactly(
					"123456789012.dkr.ecr.us-east-1.amazonaws.com/box:1.0.0-1",
					"123456789012.dkr.ecr.us-east-1.amazonaws.com/box:latest");
		});
	}

	@Test
	void documentShowsWhatWasAskedFor() {
		String distribution = this.calls.createDistribution("web", SdkCalls.amisIn("eu-west-1"));
		String arn = this.calls.client()
			.createImage((request) -> request.imageRecipeArn(SdkCalls.PREFIX + "image-recipe/web/1.0.x")
				.infrastructureConfigurationArn(SdkCalls.INFRASTRUCTURE)
				.distributionConfigurationArn(distribution)
				.tags(Map.of("run", "7")))
			.imageBuildVersionArn();
		Image image = this.calls.image(arn);
		assertThat(image.arn()).isEqualTo(arn);
		assertThat(image.name()).isEqualTo("web");
		assertThat(image.version()).isEqualTo("1.0.0/1");
		assertThat(image.platformAsString()).isEqualTo("Linux");
		assertThat(image.buildTypeAsString()).isEqualTo("USER_INITIATED");
		assertThat(image.dateCreated()).isEqualTo("2026-09-03T05:44:21.121Z");
		assertThat(image.imageRecipe().arn()).endsWith("image-recipe/web/1.0.0");
		assertThat(image.infrastructureConfiguration().arn()).isEqualTo(SdkCalls.INFRASTRUCTURE);
		assertThat(image.distributionConfiguration().arn()).isEqualTo(distribution);
		assertThat(image.enhancedImageMetadataEnabled()).isTrue();
		assertThat(image.imageTestsConfiguration().imageTestsEnabled()).isTrue();
		assertThat(image.imageTestsConfiguration().timeoutMinutes()).isEqualTo(720);
		assertThat(image.tags()).containsOnly(Map.entry("run", "7"));
	}

	@Test
	void documentShowsWhatIsOptional() {
		ImageScanningConfiguration scanning = ImageScanningConfiguration.builder()
			.imageScanningEnabled(true)
			.ecrConfiguration((ecr) -> ecr.repositoryName("scans").containerTags("latest"))
			.build();
		WorkflowConfiguration workflow = WorkflowConfiguration.builder()
			.workflowArn("arn:aws:imagebuilder:eu-west-1:aws:workflow/test/test-image/x.x.x")
			.onFailure("CONTINUE")
			.parallelGroup("a")
			.parameters(WorkflowParameter.builder().name("key").value("value").build())
			.build();
		CreateImageRequest request = CreateImageRequest.builder()
			.imageRecipeArn(SdkCalls.PREFIX + "image-recipe/web/1.0.0")
			.infrastructureConfigurationArn(SdkCalls.INFRASTRUCTURE)
			.executionRole("arn:aws:iam::123456789012:role/builder")
			.workflows(workflow)
			.imageTestsConfiguration((tests) -> tests.imageTestsEnabled(false).timeoutMinutes(60))
			.enhancedImageMetadataEnabled(false)
			.imageScanningConfiguration(scanning)
			.loggingConfiguration((logging) -> logging.logGroupName("/aws/imagebuilder/web"))
			.build();
		Image image = this.calls.image(this.calls.client().createImage(request).imageBuildVersionArn());
		assertThat(image.executionRole()).isEqualTo(request.executionRole());
		assertThat(image.workflows()).containsExactly(workflow);
		assertThat(image.imageTestsConfiguration()).isEqualTo(request.imageTestsConfiguration());
		assertThat(image.enhancedImageMetadataEnabled()).isFalse();
		assertThat(image.imageScanningConfiguration()).isEqualTo(scanning);
		assertThat(image.loggingConfiguration()).isEqualTo(request.loggingConfiguration());
	}

	@Test
	void versionMeansTheLatestAvailableBuild() {
		String first = this.calls.build("web");
		this.clock.advance(STEP.multipliedBy(6));
		this.calls.build("web");
		String version = SdkCalls.PREFIX + "image/web/";
		for (String wildcard : List.of("1.0.0", "1.0.x", "1.x.x", "x.x.x")) {
			assertThat(this.calls.image(version + wildcard).arn()).isEqualTo(first);
		}
		this.simulator.image(first).becomes("DEPRECATED");
		assertThatExceptionOfType(ResourceNotFoundException.class)
			.isThrownBy(() -> this.calls.image(version + "1.0.0"));
	}

	@Test
	void unknownBuildIs404() {
		this.calls.build("web");
		assertThatExceptionOfType(ResourceNotFoundException.class)
			.isThrownBy(() -> this.calls.image(SdkCalls.PREFIX + "image/web/1.0.0/2"))
			.satisfies((ex) -> assertThat(ex.statusCode()).isEqualTo(404));
	}

	@Test
	void otherRegionIsRefused() {
		assertThatExceptionOfType(InvalidParameterValueException.class)
			.isThrownBy(() -> this.calls.image(this.calls.build("web").replace("eu-west-1", "us-east-1")));
	}

}
