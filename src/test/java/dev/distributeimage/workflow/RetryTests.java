package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RetryAction;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.intake.RetryResult;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests retries, each row of the table, in virtual time. */
@NullUnmarked
class RetryTests extends VirtualRuns {

	private static final Duration PACE = Duration.ofMinutes(2);

	RetryTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, PACE);
	}

	@Test
	void runThatEndedAtStepOneBeginsThereWithItsToken() {
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Fault.error(403, "AccessDeniedException"));
		UUID id = ended(NewRuns.any());
		assertThat(this.engine.planOfRetry(id).action()).isEqualTo(RetryAction.CREATE_DISTRIBUTION_CONFIGURATION);
		assertThat(this.engine.retry(id)).isInstanceOf(RetryResult.Retried.class);
		assertRunning(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(tokens(Operation.CREATE_DISTRIBUTION_CONFIGURATION)).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource(names = { "BUILD", "SOURCE_IMAGE" })
	void tokenThatAwsFoundSpentIsReplaced(RunKind kind) {
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION,
				Fault.error(400, "IdempotentParameterMismatchException"));
		this.simulator.onNext(kind.imageOperation(), Fault.error(400, "IdempotentParameterMismatchException"));
		UUID id = ended(of(kind, NewRuns.withToken("spent")));
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).step()).isEqualTo(kind.imageStep());
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(tokens(Operation.CREATE_DISTRIBUTION_CONFIGURATION)).hasSize(2).contains("spent");
		assertThat(tokens(kind.imageOperation())).hasSize(2).contains("spent");
	}

	@ParameterizedTest
	@EnumSource
	void runThatEndedAtTheRequestForItsImageRepeatsItWithItsToken(RunKind kind) {
		this.simulator.onNext(kind.imageOperation(), Fault.error(400, "ClientException"));
		UUID id = ended(of(kind, NewRuns.withToken("kept")));
		assertThat(this.engine.planOfRetry(id).action()).isEqualTo(imageAction(kind));
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(tokens(kind.imageOperation())).containsExactly("kept");
		assertThat(this.simulator.count(Operation.CREATE_DISTRIBUTION_CONFIGURATION)).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void runThatWasCancelledBeforeABuildResumesThere(RunKind kind) {
		UUID id = this.engine.start(any(kind));
		this.engine.cancel(id);
		this.engine.runToTheEnd();
		this.engine.retry(id);
		assertRunning(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
	}

	@Test
	void imageThatHadNotEndedIsPolled() {
		UUID id = ended(NewRuns.withDeadline(Duration.ofMinutes(5)));
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.TIMED_OUT);
		assertThat(this.engine.planOfRetry(id).action()).isEqualTo(RetryAction.GET_IMAGE);
		for (int i = 0; i < 2; i++) {
			this.engine.retry(id);
			this.engine.runToTheEnd();
		}
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.engine.run(id).retries()).hasSize(2);
		assertThat(this.simulator.builds()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void imageThatIsGoneIsMadeAgainWithATokenOfItsOwn(RunKind kind) {
		this.simulator.nextImage(Ending.gone());
		UUID id = ended(of(kind, NewRuns.withToken("first")));
		assertThat(this.engine.planOfRetry(id).action()).isEqualTo(imageAction(kind));
		this.engine.retry(id);
		assertThat(this.engine.run(id).imageBuildVersionArn()).isNull();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.engine.run(id).imageBuildVersionArn()).endsWith("/2");
		assertThat(tokens(kind.imageOperation())).hasSize(2).contains("first");
		assertThat(this.engine.run(id).createDistributionConfigurationToken()).isEqualTo("first");
	}

	@ParameterizedTest
	@EnumSource(names = { "BUILD", "REUSING_BUILD", "SOURCE_IMAGE", "REUSING_SOURCE_IMAGE" })
	void imageThatFailedInDistributionIsRetriedWithoutABuild(RunKind kind) {
		this.simulator.nextImage(Ending.failedAt("DISTRIBUTING", "no room").onRetry(Ending.available()));
		UUID id = ended(any(kind));
		assertThat(this.engine.planOfRetry(id).action()).isEqualTo(RetryAction.RETRY_IMAGE);
		this.engine.retry(id);
		this.engine.runToTheEnd();
		Stored run = this.engine.run(id);
		assertThat(run.status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(run.imageBuildVersionArn()).endsWith("/1");
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.simulator.count(Operation.RETRY_IMAGE)).isOne();
		assertThat(this.simulator.count(Operation.LIST_WORKFLOW_EXECUTIONS)).isZero();
		assertThat(run.retries()).singleElement().satisfies((past) -> {
			assertThat(past.action()).isEqualTo(RetryAction.RETRY_IMAGE);
			assertThat(past.status()).isEqualTo(RunStatus.FAILED);
			assertThat(past.outputs().finalStatus()).isEqualTo("FAILED");
		});
	}

	@Test
	void imageThatWasNotSeenAfterItsBuildIsRetriedIfAwsSaysSo() {
		this.simulator.nextImage(
				Ending.failedAt("DISTRIBUTING", "no room").atPace(Duration.ofSeconds(1)).onRetry(Ending.available()));
		UUID id = ended(NewRuns.any());
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.simulator.count(Operation.LIST_WORKFLOW_EXECUTIONS)).isOne();
		assertThat(this.simulator.count(Operation.RETRY_IMAGE)).isOne();
	}

	@Test
	void emptyAnswerDoesNotSayThatTheBuildWasNotCompleted() {
		this.simulator.nextImage(
				Ending.failedAt("DISTRIBUTING", "no room").atPace(Duration.ofSeconds(1)).onRetry(Ending.available()));
		this.simulator.onNext(Operation.LIST_WORKFLOW_EXECUTIONS, Fault.empty());
		UUID id = ended(NewRuns.any());
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
	}

	@Test
	void overdueRunWhoseRetryFailsEndsAsItsImageStands() {
		this.simulator.nextImage(Ending.failedAt("DISTRIBUTING", "no room"));
		this.simulator.always(Operation.RETRY_IMAGE, Fault.error(503, "ServiceUnavailableException"));
		UUID id = ended(NewRuns.withDeadline(Duration.ofMinutes(30)));
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.FAILED);
		assertThat(this.engine.run(id).finalStatus()).isEqualTo("FAILED");
	}

	@ParameterizedTest
	@EnumSource
	void imageThatFailedBeforeItWasDistributedIsMadeAgain(RunKind kind) {
		this.simulator.nextImage(Ending.failedAt("BUILDING", "exit status 1"));
		UUID id = ended(of(kind, NewRuns.withToken("first")));
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.engine.run(id).imageBuildVersionArn()).endsWith("/2");
		assertThat(this.simulator.count(Operation.RETRY_IMAGE)).isZero();
		assertThat(tokens(kind.imageOperation())).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource
	void retryThatIsRefusedPermanentlyBuildsAgain(RunKind kind) {
		this.simulator.nextImage(Ending.failedAt("DISTRIBUTING", "no room"));
		this.simulator.always(Operation.RETRY_IMAGE, Fault.error(400, "InvalidRequestException"));
		UUID id = ended(any(kind));
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isEqualTo(2);
	}

	@Test
	void retryThatStayedUnansweredIsRepeatedWithItsToken() {
		this.simulator.nextImage(Ending.failedAt("DISTRIBUTING", "no room").onRetry(Ending.available()));
		this.simulator.onNext(2, Operation.RETRY_IMAGE, Fault.reset().afterCommit());
		UUID id = ended(NewRuns.any());
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(tokens(Operation.RETRY_IMAGE)).hasSize(1);
		assertThat(this.simulator.builds()).isOne();
	}

	@Test
	void retryThatIsRefusedAfterAnUnansweredOneNeverBuildsAgain() {
		this.simulator.change((settings) -> settings.withTokenLifetime(Duration.ZERO));
		this.simulator.nextImage(Ending.failedAt("DISTRIBUTING", "no room").onRetry(Ending.available()));
		UUID id = ended(NewRuns.any());
		this.simulator.onNext(Operation.RETRY_IMAGE, Fault.reset().afterCommit());
		this.simulator.onNext(Operation.RETRY_IMAGE, Fault.error(400, "InvalidRequestException"));
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
	}

	@Test
	void staleEndIsIgnoredRightAfterTheRetry() {
		this.simulator.nextImage(Ending.failedAt("DISTRIBUTING", "no room")
			.onRetry(Ending.available())
			.retriedAfter(Duration.ofMinutes(2)));
		UUID id = ended(NewRuns.any());
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
	}

	@Test
	void endThatLastsFiveMinutesCounts() {
		this.simulator.nextImage(Ending.failedAt("DISTRIBUTING", "no room").retriedAfter(Duration.ofDays(1)));
		UUID id = ended(NewRuns.any());
		Duration before = this.time.passed();
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.FAILED);
		assertThat(this.time.passed().minus(before)).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6));
	}

	@Test
	void retriedRunThatIsCancelledBeforeItAsksEndsAsItsImageStands() {
		this.simulator.nextImage(Ending.failedAt("DISTRIBUTING", "no room"));
		UUID id = ended(NewRuns.any());
		this.engine.retry(id);
		this.engine.cancel(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.FAILED);
		assertThat(this.simulator.count(Operation.RETRY_IMAGE)).isZero();
		assertThat(this.simulator.builds()).isOne();
	}

	@Test
	void runningAndSucceededRunsAreNotRetried() {
		UUID id = this.engine.start(NewRuns.any());
		assertThat(this.engine.retry(id)).isEqualTo(new RetryResult.Refused(RunStatus.RUNNING));
		this.engine.runToTheEnd();
		assertThat(this.engine.retry(id)).isEqualTo(new RetryResult.Refused(RunStatus.SUCCEEDED));
	}

	@ParameterizedTest
	@EnumSource
	void historyTellsOfTheRetry(RunKind kind) {
		this.simulator.onNext(kind.imageOperation(), Fault.error(400, "ClientException"));
		UUID id = ended(any(kind));
		this.engine.retry(id);
		assertThat(this.engine.eventsOf(id)).endsWith("CALL_FAILED " + kind.imageStep(), "ENDED " + kind.imageStep(),
				"RETRY_REQUESTED " + kind.imageStep(), "STEP_BEGUN " + kind.imageStep());
		assertThat(this.engine.run(id).lastEvent()).isEqualTo(this.engine.eventsOf(id).size());
	}

	// No build shows that it was completed where there was none.
	@Test
	void sourceImageThatWasNotSeenInDistributionIsDistributedAgain() {
		this.simulator.nextImage(Ending.failedAt("DISTRIBUTING", "no room").atPace(Duration.ofSeconds(1)));
		UUID id = ended(any(RunKind.SOURCE_IMAGE));
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.count(Operation.RETRY_IMAGE)).isZero();
		assertThat(tokens(Operation.DISTRIBUTE_IMAGE)).hasSize(2);
	}

	private static RetryAction imageAction(RunKind kind) {
		return (kind.imageStep() == StepId.DISTRIBUTE_IMAGE) ? RetryAction.DISTRIBUTE_IMAGE : RetryAction.CREATE_IMAGE;
	}

	private void assertRunning(UUID id) {
		Stored run = this.engine.run(id);
		assertThat(run.status()).isEqualTo(RunStatus.RUNNING);
		assertThat(run.failure()).isNull();
		assertThat(run.finalStatus()).isNull();
		assertThat(run.finishedAt()).isNull();
		assertThat(run.cancelRequestedAt()).isNull();
		assertThat(run.attempts()).isZero();
		assertThat(run.deadline()).isEqualTo(this.time.instant().plus(Duration.ofHours(12)));
		assertThat(run.retries()).hasSize(1);
	}

	private UUID ended(NewRun asked) {
		UUID id = this.engine.start(asked);
		this.engine.runToTheEnd();
		return id;
	}

	private List<String> tokens(Operation operation) {
		return this.simulator.requests(operation)
			.stream()
			.map((request) -> request.parameters().get("clientToken").stringValue())
			.distinct()
			.toList();
	}

}
