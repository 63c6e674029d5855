package dev.distributeimage.simulator;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.imagebuilder.model.InvalidRequestException;
import software.amazon.awssdk.services.imagebuilder.model.ResourceInUseException;
import software.amazon.awssdk.services.imagebuilder.model.ResourceNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RetryImageTests extends SteppedSimulatorTest {

	@ParameterizedTest
	@CsvSource({ "fail-test, TESTING, 3", "fail-distribution, DISTRIBUTING, 2", "fail-integration, DISTRIBUTING, 2" })
	void failedImageGoesBackAndBecomesAvailable(String recipe, String from, int steps) {
		String arn = ended(recipe);
		retry(arn);
		assertThat(this.calls.status(arn)).isEqualTo(from);
		this.clock.advance(STEP.multipliedBy(steps));
		assertThat(this.calls.image(arn).outputResources().amis()).hasSize(2);
		assertThat(this.calls.status(arn)).isEqualTo("AVAILABLE");
		assertThat(this.simulator.builds()).isEqualTo(1);
	}

	@Test
	void imageThatFailsAgainFailsOnceMore() {
		String arn = ended("fail-distribution-again");
		retry(arn);
		this.clock.advance(STEP);
		assertThat(this.calls.status(arn)).isEqualTo("FAILED");
		retry(arn);
		this.clock.advance(STEP.multipliedBy(2));
		assertThat(this.calls.status(arn)).isEqualTo("AVAILABLE");
	}

	@Test
	void imageMayShowItsOldStatusForAWhile() {
		this.simulator.nextImage(Ending.failedAt("TESTING", "because").retriedAfter(STEP.multipliedBy(2)));
		String arn = ended("web");
		retry(arn);
		this.clock.advance(STEP);
		assertThat(this.calls.status(arn)).isEqualTo("FAILED");
		this.clock.advance(STEP);
		assertThat(this.calls.status(arn)).isEqualTo("TESTING");
	}

	@Test
	void cancelledImageGoesBack() {
		String arn = this.calls.build("web");
		this.clock.advance(STEP.multipliedBy(4));
		this.calls.client().cancelImageCreation((request) -> request.imageBuildVersionArn(arn));
		this.clock.advance(STEP);
		retry(arn);
		assertThat(this.calls.status(arn)).isEqualTo("DISTRIBUTING");
		this.calls.client().cancelImageCreation((request) -> request.imageBuildVersionArn(arn));
		this.clock.advance(STEP);
		assertThat(this.calls.status(arn)).isEqualTo("CANCELLED");
	}

	@ParameterizedTest
	@CsvSource({ "web", "fail-build", "cancelled", "deprecated", "deleted" })
	void imageThatCannotGoBackIsRefused(String recipe) {
		String arn = ended(recipe);
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> retry(arn));
	}

	@Test
	void imageInTheMakingIsInUse() {
		assertThatExceptionOfType(ResourceInUseException.class).isThrownBy(() -> retry(this.calls.build("web")));
	}

	@Test
	void containerIsRefused() {
		String arn = this.calls.client()
			.createImage((request) -> request.infrastructureConfigurationArn(SdkCalls.INFRASTRUCTURE)
				.containerRecipeArn(SdkCalls.PREFIX + "container-recipe/fail-test/1.0.0"))
			.imageBuildVersionArn();
		this.clock.advance(Duration.ofDays(1));
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> retry(arn));
	}

	@Test
	void goneImageIs404() {
		String arn = ended("gone");
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> retry(arn));
	}

	@Test
	void replayRetriesNothing() {
		String arn = ended("fail-distribution-again");
		for (int repeat = 0; repeat < 2; repeat++) {
			this.calls.client().retryImage((request) -> request.imageBuildVersionArn(arn).clientToken("t"));
			this.clock.advance(STEP);
		}
		assertThat(this.calls.status(arn)).isEqualTo("FAILED");
	}

	private String ended(String recipe) {
		String distribution = this.calls.createDistribution("web", SdkCalls.amisIn("eu-west-1", "us-east-1"));
		String arn = this.calls.build(recipe, distribution);
		this.clock.advance(Duration.ofDays(1));
		return arn;
	}

	private void retry(String arn) {
		assertThat(
				this.calls.client().retryImage((request) -> request.imageBuildVersionArn(arn)).imageBuildVersionArn())
			.isEqualTo(arn);
	}

}
