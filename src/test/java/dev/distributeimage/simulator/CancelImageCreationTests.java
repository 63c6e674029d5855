package dev.distributeimage.simulator;

import java.time.Duration;

import dev.distributeimage.simulator.RecordedRequest.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.imagebuilder.model.IdempotentParameterMismatchException;
import software.amazon.awssdk.services.imagebuilder.model.InvalidRequestException;
import software.amazon.awssdk.services.imagebuilder.model.ResourceNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CancelImageCreationTests extends SteppedSimulatorTest {

	@Test
	void imageIsCancelledOneStepLater() {
		String arn = this.calls.build("web");
		this.clock.advance(STEP.multipliedBy(2).plusSeconds(3));
		cancel(arn, "t");
		this.clock.advance(STEP.minusNanos(1));
		assertThat(this.calls.status(arn)).isEqualTo("BUILDING");
		this.clock.advance(Duration.ofNanos(1));
		assertThat(this.calls.status(arn)).isEqualTo("CANCELLED");
		this.clock.advance(Duration.ofDays(1));
		assertThat(this.calls.status(arn)).isEqualTo("CANCELLED");
	}

	@ParameterizedTest
	@CsvSource({ "BUILDING, 2, 0", "TESTING, 3, 0", "DISTRIBUTING, 4, 1", "INTEGRATING, 5, 2" })
	void amisAlreadyMadeStay(String status, int steps, int amis) {
		String distribution = this.calls.createDistribution("web", SdkCalls.amisIn("eu-west-1", "us-east-1"));
		String arn = this.calls.build("web", distribution);
		this.clock.advance(STEP.multipliedBy(steps));
		assertThat(this.calls.status(arn)).isEqualTo(status);
		cancel(arn, "t");
		this.clock.advance(STEP);
		assertThat(this.calls.image(arn).outputResources().amis()).hasSize(amis);
	}

	@Test
	void stuckImageCanBeCancelled() {
		String arn = this.calls.build("stuck");
		this.clock.advance(Duration.ofDays(1));
		cancel(arn, "t");
		this.clock.advance(STEP);
		assertThat(this.calls.status(arn)).isEqualTo("CANCELLED");
	}

	@Test
	void secondCancelDelaysNothing() {
		String arn = this.calls.build("web");
		cancel(arn, "t");
		this.clock.advance(STEP.dividedBy(2));
		cancel(arn, "t");
		cancel(arn, "u");
		this.clock.advance(STEP.dividedBy(2));
		assertThat(this.calls.status(arn)).isEqualTo("CANCELLED");
		assertThat(this.simulator.requests(Operation.CANCEL_IMAGE_CREATION)).extracting(RecordedRequest::outcome)
			.containsExactly(Outcome.COMMITTED, Outcome.REPLAYED, Outcome.COMMITTED);
	}

	@Test
	void acceptedCancelMayComeTooLate() {
		String arn = this.calls.build("uncancellable");
		cancel(arn, "t");
		this.clock.advance(STEP.multipliedBy(6));
		assertThat(this.calls.status(arn)).isEqualTo("AVAILABLE");
	}

	@Test
	void endedImageIsRefused() {
		String arn = this.calls.build("fail-build");
		this.clock.advance(STEP.multipliedBy(3));
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> cancel(arn, "t"))
			.satisfies((ex) -> assertThat(ex.statusCode()).isEqualTo(400));
		assertThat(this.calls.status(arn)).isEqualTo("FAILED");
	}

	@Test
	void unknownImageIs404() {
		assertThatExceptionOfType(ResourceNotFoundException.class)
			.isThrownBy(() -> cancel(SdkCalls.PREFIX + "image/web/1.0.0/1", "t"));
	}

	@Test
	void tokenOfAnotherImageMismatches() {
		cancel(this.calls.build("web"), "t");
		assertThatExceptionOfType(IdempotentParameterMismatchException.class)
			.isThrownBy(() -> cancel(this.calls.build("web"), "t"));
	}

	private void cancel(String arn, String token) {
		this.calls.client().cancelImageCreation((request) -> request.imageBuildVersionArn(arn).clientToken(token));
	}

}
