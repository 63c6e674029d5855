package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests a request for an image that stayed unanswered for longer than AWS may remember
 * its token.
 */
@NullUnmarked
class LateCreateTests extends VirtualRuns {

	private static final Duration PACE = Duration.ofMinutes(2);

	LateCreateTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, PACE);
	}

	@ParameterizedTest
	@EnumSource
	void imageIsFoundInsteadOfBuiltAgain(RunKind kind) {
		UUID id = unansweredForTwoHours(kind);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.simulator.count(kind.imageOperation())).isOne();
		assertThat(this.simulator.count(Operation.LIST_IMAGE_BUILD_VERSIONS)).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void imageIsFoundAmongMany(RunKind kind) {
		for (int i = 0; i < 60; i++) {
			this.engine.start(any(kind));
		}
		this.engine.tick();
		UUID id = unansweredForTwoHours(kind);
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
		UUID id = unansweredForTwoHours(RunKind.BUILD,
				new NewRunBuilder(any).recipe("arn:aws:imagebuilder:eu-west-1:" + recipe).build())
			.get(0);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void createThatWasNotCarriedOutIsRepeated(RunKind kind) {
		this.simulator.onNext(kind.imageOperation(), Fault.error(500, "ServiceException"));
		UUID id = this.engine.start(any(kind));
		this.engine.tick();
		this.time.pass(Duration.ofHours(2));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.simulator.count(kind.imageOperation())).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	void refusedSearchIsInTheHistoryAndTheCreateRepeated(RunKind kind) {
		this.simulator.always(Operation.LIST_IMAGE_BUILD_VERSIONS, Fault.error(403, "AccessDeniedException"));
		this.simulator.onNext(kind.imageOperation(), Fault.error(500, "ServiceException"));
		UUID id = this.engine.start(any(kind));
		this.engine.tick();
		this.time.pass(Duration.ofHours(2));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.engine.eventsOf(id).stream().filter(("CALL_FAILED " + kind.imageStep())::equals)).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource(names = { "BUILD", "SOURCE_IMAGE", "REUSING_BUILD" })
	void failedSearchIsRepeatedBeforeTheCreate(RunKind kind) {
		this.simulator.onNext(3, Operation.LIST_IMAGE_BUILD_VERSIONS, Fault.error(503, "ServiceUnavailableException"));
		UUID id = unansweredForTwoHours(kind);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.simulator.count(kind.imageOperation())).isOne();
	}

	@ParameterizedTest
	@EnumSource(names = { "BUILD", "SOURCE_IMAGE", "REUSING_BUILD" })
	void emptyAnswerDoesNotSayThatThereIsNoImage(RunKind kind) {
		this.simulator.onNext(Operation.LIST_IMAGE_BUILD_VERSIONS, Fault.empty());
		UUID id = unansweredForTwoHours(kind);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
	}

	@ParameterizedTest
	@EnumSource(names = { "BUILD", "SOURCE_IMAGE" })
	void emptyAnswerDoesNotSayThatTheImageIsAnothers(RunKind kind) {
		this.simulator.onNext(Operation.GET_IMAGE, Fault.empty());
		UUID id = unansweredForTwoHours(kind);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
	}

	@ParameterizedTest
	@EnumSource(names = { "BUILD", "SOURCE_IMAGE" })
	void imageThatIsListedAndNotFoundDoesNotSayThatThereIsNone(RunKind kind) {
		this.simulator.onNext(3, Operation.GET_IMAGE, Fault.error(404, "ResourceNotFoundException"));
		UUID id = unansweredForTwoHours(kind);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void imageAbandonedByARetryIsNotMistakenForTheNewOne(RunKind kind) {
		this.simulator.nextImage(Ending.failedAt("BUILDING", "exit status 1").atPace(Duration.ofSeconds(1)));
		UUID id = this.engine.start(any(kind));
		this.engine.runToTheEnd();
		this.engine.retry(id);
		this.simulator.onNext(kind.imageOperation(), Fault.error(500, "ServiceException"));
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

	@ParameterizedTest
	@EnumSource
	void freshCreateIsRepeatedWithoutASearch(RunKind kind) {
		this.simulator.onNext(kind.imageOperation(), Fault.error(500, "ServiceException").afterCommit());
		UUID id = this.engine.start(any(kind));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.simulator.count(Operation.LIST_IMAGE_BUILD_VERSIONS)).isZero();
	}

	@ParameterizedTest
	@EnumSource(names = { "REUSING_BUILD", "REUSING_SOURCE_IMAGE" })
	void runsThatReuseOneConfigurationFindTheirOwnImages(RunKind kind) {
		String existing = existing("shared");
		List<UUID> ids = unansweredForTwoHours(kind, kind.like(NewRuns.any(), existing),
				kind.like(NewRuns.any(), existing));
		this.engine.runToTheEnd();
		assertThat(this.simulator.builds()).isEqualTo(2);
		assertThat(ids).allSatisfy((id) -> {
			Stored run = this.engine.run(id);
			assertThat(run.status()).isEqualTo(RunStatus.SUCCEEDED);
			assertThat(this.simulator.image(run.imageBuildVersionArn()).clientToken())
				.isEqualTo(run.shown().clientToken());
		});
	}

	private UUID unansweredForTwoHours(RunKind kind) {
		return unansweredForTwoHours(kind, any(kind)).get(0);
	}

	// Keeps the service down for two hours after AWS has taken the requests, until it
	// forgets their tokens.
	private List<UUID> unansweredForTwoHours(RunKind kind, NewRun... asked) {
		this.simulator
			.change((settings) -> settings.withTokenLifetime(Duration.ofHours(1)).withConcurrentBuilds(1_000));
		this.simulator.onNext(asked.length, kind.imageOperation(), Fault.reset().afterCommit());
		List<UUID> ids = Stream.of(asked).map(this.engine::start).toList();
		this.engine.tick();
		this.time.pass(Duration.ofHours(2));
		return ids;
	}

}
