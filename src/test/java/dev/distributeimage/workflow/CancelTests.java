package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.intake.CancelResult;
import dev.distributeimage.run.queue.Claim;
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

/** Tests cancels at every moment of a run, in virtual time. */
@NullUnmarked
class CancelTests extends VirtualRuns {

	private static final Duration PACE = Duration.ofMinutes(2);

	CancelTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, PACE);
	}

	@ParameterizedTest
	@EnumSource
	void runThatWasNotBegunIsCancelledWithoutACall(RunKind kind) {
		UUID id = this.engine.start(any(kind));
		this.simulator.forgetRequests();
		assertThat(this.engine.cancel(id)).isInstanceOf(CancelResult.Requested.class);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.engine.run(id).finalStatus()).isNull();
		assertThat(this.simulator.requests()).isEmpty();
		assertThat(this.engine.eventsOf(id)).endsWith("CANCEL_REQUESTED " + kind.firstStep(),
				"ENDED " + kind.firstStep());
	}

	@ParameterizedTest
	@EnumSource
	void runWhoseImageWasCertainlyNotRequestedIsCancelledWithoutABuild(RunKind kind) {
		this.simulator.always(kind.imageOperation(), Fault.error(429, "TooManyRequestsException"));
		UUID id = this.engine.start(any(kind));
		this.engine.tick();
		this.engine.cancel(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.engine.run(id).failure()).isNull();
		assertThat(this.simulator.builds()).isZero();
		assertThat(this.simulator.count(kind.imageOperation())).isOne();
	}

	@ParameterizedTest
	@EnumSource(names = { "BUILD", "SOURCE_IMAGE" })
	void cancelThatComesBetweenTheStepsIsSeenBeforeTheBuild(RunKind kind) {
		UUID id = this.engine.start(any(kind));
		this.simulator.always(Operation.CREATE_DISTRIBUTION_CONFIGURATION)
			.when((request) -> this.engine.cancel(id) == null)
			.reset();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.engine.run(id).step()).isEqualTo(kind.imageStep());
		assertThat(this.simulator.count(kind.imageOperation())).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void imageThatMayHaveBeenRequestedIsFoundAndCancelled(RunKind kind) {
		this.simulator.onNext(kind.imageOperation(), Fault.error(500, "ServiceException").afterCommit());
		UUID id = this.engine.start(any(kind));
		this.engine.tick();
		this.engine.cancel(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.engine.run(id).finalStatus()).isEqualTo("CANCELLED");
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.simulator.images().get(0).status()).isEqualTo("CANCELLED");
		assertThat(this.simulator.count(Operation.CANCEL_IMAGE_CREATION)).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void cancelThatComesDuringTheRequestCancelsTheImage(RunKind kind) {
		UUID id = this.engine.start(any(kind));
		this.simulator.always(kind.imageOperation()).when((request) -> this.engine.cancel(id) == null).reset();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).finalStatus()).isEqualTo("CANCELLED");
		assertThat(this.simulator.images().get(0).status()).isEqualTo("CANCELLED");
		assertThat(this.simulator.count(Operation.CANCEL_IMAGE_CREATION)).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void imageThatIsBeingBuiltIsCancelledOnce(RunKind kind) {
		UUID id = this.engine.start(any(kind));
		this.engine.runFor(PACE);
		assertThat(this.engine.cancel(id)).isInstanceOf(CancelResult.Requested.class);
		assertThat(this.engine.cancel(id)).isInstanceOf(CancelResult.Requested.class);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.engine.run(id).cancelRequestedAt()).isNotNull();
		assertThat(this.simulator.count(Operation.CANCEL_IMAGE_CREATION)).isOne();
		assertThat(this.engine.eventsOf(id).stream().filter("CANCEL_REQUESTED getImage"::equals)).hasSize(1);
		assertThat(this.engine.cancel(id)).isInstanceOf(CancelResult.Cancelled.class);
	}

	@Test
	void cancelThatComesTooLateLeavesTheRunSucceeded() {
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runFor(PACE.multipliedBy(6).minusSeconds(10));
		this.time.pass(Duration.ofSeconds(9));
		this.simulator.images().get(0).becomes("AVAILABLE");
		this.engine.cancel(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.engine.run(id).failure()).isNull();
		assertThat(this.engine.eventsOf(id)).contains("CALL_FAILED getImage");
		assertThat(this.engine.cancel(id)).isInstanceOf(CancelResult.Ended.class);
	}

	@Test
	void cancelThatFailsIsRepeatedWithItsToken() {
		this.simulator.onNext(2, Operation.CANCEL_IMAGE_CREATION, Fault.error(500, "ServiceException").afterCommit());
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		this.engine.cancel(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.simulator.requests(Operation.CANCEL_IMAGE_CREATION))
			.extracting((request) -> request.parameters().get("clientToken").stringValue())
			.containsOnly(this.engine.run(id).cancelToken());
	}

	@Test
	void cancelGoesBeforeAPollThatHasFailed() {
		this.simulator.onNext(Operation.GET_IMAGE, Fault.error(429, "TooManyRequestsException"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		this.engine.cancel(id);
		this.engine.tick();
		assertThat(this.simulator.count(Operation.CANCEL_IMAGE_CREATION)).isOne();
		assertThat(this.simulator.count(Operation.GET_IMAGE)).isOne();
	}

	@Test
	void cancelThatMeetsExpiredCredentialsIsRepeated() {
		this.simulator.onNext(Operation.CANCEL_IMAGE_CREATION, Fault.error(403, "ExpiredTokenException"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		this.engine.cancel(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.simulator.count(Operation.CANCEL_IMAGE_CREATION)).isEqualTo(2);
	}

	@Test
	void overdueRunWhoseCancelFailsIsPolledOnceMore() {
		this.simulator.always(Operation.CANCEL_IMAGE_CREATION, Fault.error(503, "ServiceUnavailableException"));
		UUID id = this.engine.start(NewRuns.withDeadline(Duration.ofMinutes(5)));
		this.engine.tick();
		this.engine.cancel(id);
		this.time.pass(Duration.ofMinutes(5));
		this.simulator.images().get(0).becomes("AVAILABLE");
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
	}

	@Test
	void cancelThatComesDuringTheLastPollCancelsTheImage() {
		this.simulator.nextImage(Ending.stuckIn("BUILDING"));
		UUID id = this.engine.start(NewRuns.withDeadline(Duration.ofMinutes(5)));
		this.engine.tick();
		this.time.pass(Duration.ofMinutes(5));
		this.simulator.onNext(Operation.GET_IMAGE)
			.when((request) -> this.engine.cancel(id) instanceof CancelResult.Requested)
			.reset();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.TIMED_OUT);
		assertThat(this.simulator.count(Operation.CANCEL_IMAGE_CREATION)).isOne();
		this.time.pass(PACE);
		assertThat(this.simulator.images().get(0).status()).isEqualTo("CANCELLED");
	}

	@Test
	void cancelThatNeverGetsThroughDoesNotStopThePolls() {
		this.simulator.always(Operation.CANCEL_IMAGE_CREATION, Fault.html(403));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		this.engine.cancel(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.count(Operation.CANCEL_IMAGE_CREATION)).isBetween(10, 70);
	}

	@Test
	void pollAfterACancelThatFailedKeepsItsDistance() {
		this.simulator.always(Operation.CANCEL_IMAGE_CREATION, Fault.error(503, "ServiceUnavailableException"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		this.engine.cancel(id);
		this.engine.runFor(PACE.multipliedBy(4));
		assertThat(this.simulator.count(Operation.CANCEL_IMAGE_CREATION)).isGreaterThan(4);
		assertThat(distances(Operation.GET_IMAGE)).hasSizeGreaterThan(4)
			.allSatisfy((distance) -> assertThat(distance).isGreaterThanOrEqualTo(Duration.ofSeconds(27)));
	}

	@Test
	void refusedCancelIsRecordedAndPollingDecides() {
		this.simulator.always(Operation.CANCEL_IMAGE_CREATION, Fault.error(403, "AccessDeniedException"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		this.engine.cancel(id);
		this.engine.tick();
		assertThat(this.engine.run(id).failure().operation()).isEqualTo("CancelImageCreation");
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.count(Operation.CANCEL_IMAGE_CREATION)).isOne();
	}

	@Test
	void claimedRunIsDueAtOnceWhenItsOutcomeIsStored() {
		this.simulator.onNext(Operation.GET_IMAGE)
			.when((request) -> this.engine.cancel(this.engine.onlyRun()) == null)
			.reset();
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		assertThat(this.time.passed()).isZero();
		assertThat(this.simulator.count(Operation.CANCEL_IMAGE_CREATION)).isOne();
		assertThat(this.engine.run(id).isCancelAnswered()).isTrue();
	}

	@Test
	void runOfAWorkerThatDiesAfterACancelIsClaimedAgain() {
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		this.time.pass(Duration.ofMinutes(1));
		List<Claim> dead = this.engine.queue().claim(1, 1, Engine.CLAIM_FOR, this.engine.queue().lowWaterMarks());
		assertThat(dead).hasSize(1);
		this.engine.cancel(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.CANCELLED);
	}

	@Test
	void imageOfARunThatTimedOutIsCancelled() {
		this.simulator.nextImage(Ending.stuckIn("DISTRIBUTING"));
		UUID id = this.engine.start(NewRuns.withDeadline(Duration.ofMinutes(20)));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.TIMED_OUT);
		assertThat(this.engine.cancel(id)).isInstanceOf(CancelResult.Requested.class);
		Stored again = this.engine.run(id);
		assertThat(again.status()).isEqualTo(RunStatus.RUNNING);
		assertThat(again.deadline()).isEqualTo(this.time.instant().plus(Duration.ofMinutes(20)));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.simulator.images().get(0).status()).isEqualTo("CANCELLED");
	}

	@ParameterizedTest
	@EnumSource
	void runThatTimedOutUnansweredIsCancelledToo(RunKind kind) {
		this.simulator.nextImage(Ending.stuckIn("DISTRIBUTING"));
		this.simulator.always(kind.imageOperation(), Fault.error(503, "ServiceUnavailableException").afterCommit());
		UUID id = this.engine.start(of(kind, NewRuns.withDeadline(Duration.ofMinutes(30))));
		this.engine.runToTheEnd();
		this.simulator.clearFaults();
		assertThat(this.engine.cancel(id)).isInstanceOf(CancelResult.Requested.class);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.simulator.images().get(0).status()).isEqualTo("CANCELLED");
	}

	@ParameterizedTest
	@EnumSource(names = { "BUILD", "SOURCE_IMAGE" })
	void runThatTimedOutBeforeABuildHasEnded(RunKind kind) {
		this.simulator.always(kind.imageOperation(), Fault.error(402, "ServiceQuotaExceededException"));
		UUID id = this.engine.start(of(kind, NewRuns.withDeadline(Duration.ofMinutes(30))));
		this.engine.runToTheEnd();
		assertThat(this.engine.cancel(id)).isInstanceOf(CancelResult.Ended.class);
	}

}
