package dev.distributeimage.simulator;

import java.time.Duration;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.imagebuilder.model.Ami;
import software.amazon.awssdk.services.imagebuilder.model.Image;
import software.amazon.awssdk.services.imagebuilder.model.ResourceNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EndingTests {

	private static final Duration FOR_EVER = Duration.ofDays(7);

	private final HandCrankedClock clock = new HandCrankedClock();

	@AutoClose
	private final Simulator simulator = Simulator.start(SimulatorSettings.defaults().withClock(this.clock));

	@AutoClose
	private final SdkCalls calls = SdkCalls.to(this.simulator);

	@ParameterizedTest
	@CsvSource({ "fail-build, BUILDING, FAILED, 0", "fail-test, TESTING, FAILED, 0",
			"fail-distribution, DISTRIBUTING, FAILED, 2", "fail-distribution-again, DISTRIBUTING, FAILED, 2",
			"fail-distribution-empty, DISTRIBUTING, FAILED, 0", "fail-integration, INTEGRATING, FAILED, 3",
			"fail-copy, DISTRIBUTING, FAILED, 3", "fail-unexplained, DISTRIBUTING, FAILED, 2",
			"cancelled, BUILDING, CANCELLED, 0", "deprecated, INTEGRATING, DEPRECATED, 3",
			"disabled, INTEGRATING, DISABLED, 3", "deleted, INTEGRATING, DELETED, 3",
			"available, INTEGRATING, AVAILABLE, 3", "unknown-status, BUILDING, SIMULATING, 0",
			"unknown-passing, INTEGRATING, AVAILABLE, 3", "stuck, TESTING, DISTRIBUTING, 0" })
	void recipeNameDecides(String word, String before, String status, int amis) {
		String arn = build("my-" + word + "-web");
		Timeline timeline = this.simulator.image(arn).timeline();
		Phase beforeLast = timeline.phases().get(timeline.phases().size() - 2);
		assertThat(beforeLast.showing().status()).isEqualTo(before);
		this.clock.advance(FOR_EVER);
		Image image = this.calls.image(arn);
		assertThat(image.state().statusAsString()).isEqualTo(status);
		assertThat(image.outputResources().amis()).hasSize(amis);
		assertThat(image.state().reason() != null).isEqualTo(status.equals("FAILED"));
	}

	@Test
	void goneIs404AfterHavingExisted() {
		String arn = build("gone");
		assertThat(this.calls.status(arn)).isEqualTo("PENDING");
		this.clock.advance(FOR_EVER);
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> this.calls.image(arn));
		assertThat(this.simulator.builds()).isEqualTo(1);
	}

	@Test
	void noStatusIsAnImageWithoutState() {
		String arn = build("no-status");
		this.clock.advance(FOR_EVER);
		assertThat(this.calls.image(arn).state()).isNull();
	}

	@Test
	void failedDistributionLacksTheLastRegion() {
		String arn = build("fail-distribution");
		this.clock.advance(FOR_EVER);
		assertThat(this.calls.image(arn).outputResources().amis()).extracting(Ami::region)
			.containsExactly("eu-west-1", "us-east-1");
	}

	@ParameterizedTest
	@MethodSource("dev.distributeimage.simulator.NamedEndings#words")
	void helpExplainsTheWord(String word) {
		assertThat(Help.text()).contains("\n  " + word + " ");
	}

	@Test
	void nextImageEndsAsOrderedThenTheRecipeDecidesAgain() {
		this.simulator.nextImage(Ending.failedAt("TESTING", "because").making(MadeAmis.in("us-east-1")));
		String first = build("web");
		String second = build("web");
		this.clock.advance(FOR_EVER);
		assertThat(this.calls.image(first).state().reason()).isEqualTo("because");
		assertThat(this.calls.image(first).outputResources().amis()).extracting(Ami::region)
			.containsExactly("us-east-1");
		assertThat(this.calls.status(second)).isEqualTo("AVAILABLE");
	}

	@Test
	void imagesOfARecipeEndAsOrdered() {
		this.simulator.imagesOf("web", Ending.available().by("BUILDING", "TESTING").atPace(Duration.ofHours(1)));
		String arn = build("web");
		assertThat(this.calls.status(arn)).isEqualTo("BUILDING");
		this.clock.advance(Duration.ofHours(1));
		assertThat(this.calls.status(arn)).isEqualTo("TESTING");
		this.clock.advance(Duration.ofHours(1));
		assertThat(this.calls.status(arn)).isEqualTo("AVAILABLE");
	}

	@ParameterizedTest
	@CsvSource({ "PENDING", "BUILDING", "INTEGRATING", "ANYTHING" })
	void stuckStays(String status) {
		this.simulator.nextImage(Ending.stuckIn(status));
		String arn = build("web");
		this.clock.advance(FOR_EVER);
		assertThat(this.calls.status(arn)).isEqualTo(status);
		assertThat(this.simulator.image(arn).hasEnded()).isFalse();
	}

	@Test
	void livingImageBecomesWhatTheTestSays() {
		String arn = build("web");
		SimulatedImage image = this.simulator.image(arn);
		image.becomes("FAILED", "by hand", MadeAmis.in("eu-west-1"));
		assertThat(this.calls.image(arn).state().reason()).isEqualTo("by hand");
		assertThat(this.calls.image(arn).outputResources().amis()).hasSize(1);
		image.goesOn("TESTING", Ending.available());
		assertThat(this.calls.status(arn)).isEqualTo("TESTING");
		image.disappears();
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> this.calls.image(arn));
	}

	@Test
	void withoutPaceTheEndIsReachedAtOnce() {
		this.simulator.pace(Duration.ZERO);
		assertThat(this.calls.status(build("web"))).isEqualTo("AVAILABLE");
	}

	private String build(String recipe) {
		String distribution = this.calls.createDistribution("dist-" + SdkCalls.token(),
				SdkCalls.amisIn("eu-west-1", "us-east-1", "us-west-2"));
		return this.calls.build(recipe, distribution);
	}

}
