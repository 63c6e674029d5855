package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.UUID;

import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests a CreateImage that stayed unanswered for longer than AWS may remember its token.
 */
@NullUnmarked
class LateCreateTests extends VirtualRuns {

	private static final Duration PACE = Duration.ofMinutes(2);

	LateCreateTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, PACE);
	}

	@Test
	void imageIsFoundInsteadOfBuiltAgain() {
		UUID id = unansweredForTwoHours(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.simulator.count(Operation.CREATE_IMAGE)).isOne();
		assertThat(this.simulator.count(Operation.LIST_IMAGE_BUILD_VERSIONS)).isOne();
	}

	@Test
	void imageIsFoundAmongMany() {
		for (int i = 0; i < 60; i++) {
			this.engine.start(NewRuns.any());
		}
		this.engine.tick();
		UUID id = unansweredForTwoHours(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isEqualTo(61);
	}

	// One recipe has a wildcard in its version; the other belongs to another account,
	// which does not own the image.
	@ParameterizedTest
	@ValueSource(strings = { "123456789012:image-recipe/web/1.x.x", "999988887777:image-recipe/web/1.0.0" })
	void imageOfARecipeThatDoesNotTellItsArnIsFound(String recipe) {
		NewRun any = NewRuns.any();
		UUID id = unansweredForTwoHours(
				new NewRunBuilder(any).recipe("arn:aws:imagebuilder:eu-west-1:" + recipe).build());
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
	}

	@Test
	void createThatWasNotCarriedOutIsRepeated() {
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(500, "ServiceException"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		this.time.pass(Duration.ofHours(2));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.simulator.count(Operation.CREATE_IMAGE)).isEqualTo(2);
	}

	@Test
	void refusedSearchIsInTheHistoryAndTheCreateRepeated() {
		this.simulator.always(Operation.LIST_IMAGE_BUILD_VERSIONS, Fault.error(403, "AccessDeniedException"));
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(500, "ServiceException"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		this.time.pass(Duration.ofHours(2));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.engine.eventsOf(id).stream().filter("CALL_FAILED createImage"::equals)).hasSize(2);
	}

	@Test
	void failedSearchIsRepeatedBeforeTheCreate() {
		this.simulator.onNext(3, Operation.LIST_IMAGE_BUILD_VERSIONS, Fault.error(503, "ServiceUnavailableException"));
		UUID id = unansweredForTwoHours(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.simulator.count(Operation.CREATE_IMAGE)).isOne();
	}

	@Test
	void emptyAnswerDoesNotSayThatThereIsNoImage() {
		this.simulator.onNext(Operation.LIST_IMAGE_BUILD_VERSIONS, Fault.empty());
		UUID id = unansweredForTwoHours(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
	}

	@Test
	void emptyAnswerDoesNotSayThatTheImageIsAnothers() {
		this.simulator.onNext(Operation.GET_IMAGE, Fault.empty());
		UUID id = unansweredForTwoHours(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
	}

	@Test
	void imageThatIsListedAndNotFoundDoesNotSayThatThereIsNone() {
		this.simulator.onNext(3, Operation.GET_IMAGE, Fault.error(404, "ResourceNotFoundException"));
		UUID id = unansweredForTwoHours(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
	}

	@Test
	void imageAbandonedByARetryIsNotMistakenForTheNewOne() {
		this.simulator.nextImage(Ending.failedAt("BUILDING", "exit status 1").atPace(Duration.ofSeconds(1)));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		this.engine.retry(id);
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(500, "ServiceException"));
		this.engine.tick();
		this.time.pass(Duration.ofHours(2));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isEqualTo(2);
	}

	@Test
	void imageOfARunThatReusesTheConfigurationIsNotTheLostOne() {
		this.simulator.always(Operation.CREATE_IMAGE).mentioning("\"first\"").fail(500, "ServiceException");
		UUID first = this.engine.start(NewRuns.withToken("first"));
		this.engine.tick();
		UUID second = this.engine.start(NewRuns.builder().reusing(Configurations.arn("token-first")).build());
		this.engine.runFor(Duration.ofHours(2));
		this.simulator.clearFaults();
		this.engine.runToTheEnd();
		assertThat(this.simulator.count(Operation.LIST_IMAGE_BUILD_VERSIONS)).isPositive();
		assertThat(this.simulator.builds()).isEqualTo(2);
		assertThat(this.engine.run(first).imageBuildVersionArn())
			.isNotEqualTo(this.engine.run(second).imageBuildVersionArn());
	}

	@Test
	void freshCreateIsRepeatedWithoutASearch() {
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(500, "ServiceException").afterCommit());
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.simulator.count(Operation.LIST_IMAGE_BUILD_VERSIONS)).isZero();
	}

	// Keeps the service down for two hours after AWS has built, until AWS forgets the
	// token.
	private UUID unansweredForTwoHours(NewRun asked) {
		this.simulator
			.change((settings) -> settings.withTokenLifetime(Duration.ofHours(1)).withConcurrentBuilds(1_000));
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.reset().afterCommit());
		UUID id = this.engine.start(asked);
		this.engine.tick();
		this.time.pass(Duration.ofHours(2));
		return id;
	}

}
