package dev.distributeimage.simulator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.imagebuilder.model.InvalidRequestException;
import software.amazon.awssdk.services.imagebuilder.model.ResourceDependencyException;
import software.amazon.awssdk.services.imagebuilder.model.ResourceNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DeleteImageTests extends SteppedSimulatorTest {

	@ParameterizedTest
	@ValueSource(strings = { "web", "fail-build", "cancelled", "deprecated" })
	void endedImageIsDeleted(String recipe) {
		String arn = this.calls.build(recipe);
		this.clock.advance(STEP.multipliedBy(9));
		delete(arn);
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> this.calls.image(arn));
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> delete(arn));
		assertThat(this.calls.client().listImageBuildVersions((request) -> request.maxResults(25)).imageSummaryList())
			.isEmpty();
		assertThat(this.calls.client().listImages((request) -> request.maxResults(25)).imageVersionList()).isEmpty();
	}

	@Test
	void imageInTheMakingStays() {
		String arn = this.calls.build("web");
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> delete(arn));
		assertThat(this.calls.status(arn)).isEqualTo("PENDING");
	}

	@Test
	void parentOfARecipeStays() {
		String arn = this.calls.build("base");
		this.clock.advance(STEP.multipliedBy(9));
		this.calls.client()
			.createImageRecipe((request) -> request.name("web")
				.semanticVersion("1.0.0")
				.parentImage(SdkCalls.PREFIX + "image/base/x.x.x"));
		assertThatExceptionOfType(ResourceDependencyException.class).isThrownBy(() -> delete(arn));
	}

	@Test
	void numberOfADeletedBuildIsNotUsedAgain() {
		String arn = this.calls.build("web");
		this.clock.advance(STEP.multipliedBy(9));
		delete(arn);
		assertThat(this.calls.build("web")).endsWith("/2");
	}

	private void delete(String arn) {
		assertThat(
				this.calls.client().deleteImage((request) -> request.imageBuildVersionArn(arn)).imageBuildVersionArn())
			.isEqualTo(arn);
	}

}
