package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import dev.distributeimage.VirtualTime;
import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.FailedCopy;
import dev.distributeimage.simulator.FailedCopy.Sign;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** Tests forty-minute builds with every kind of interruption. */
@NullUnmarked
class WholeRunTests extends VirtualRuns {

	WholeRunTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, Duration.ofMinutes(40).dividedBy(6));
	}

	@Test
	void fortyMinuteBuildIsPolledEveryThirtySeconds() {
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		Stored run = this.engine.run(id);
		assertThat(run.status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(run.finalStatus()).isEqualTo("AVAILABLE");
		assertThat(run.image().amis()).extracting("region")
			.containsExactlyInAnyOrder("eu-west-1", "us-east-1", "us-east-1");
		assertThat(run.failure()).isNull();
		assertThat(this.time.passed()).isBetween(Duration.ofMinutes(40), Duration.ofMinutes(40).plusSeconds(33));
		assertThat(this.simulator.count(Operation.GET_IMAGE)).isBetween(73, 90);
		assertThat(this.simulator.count(Operation.CREATE_DISTRIBUTION_CONFIGURATION)).isOne();
		assertThat(this.simulator.count(Operation.CREATE_IMAGE)).isOne();
	}

	@Test
	void everyChangeIsInTheHistory() {
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(this.engine.eventsOf(id)).containsExactly("ACCEPTED createDistributionConfiguration",
				"STEP_BEGUN createDistributionConfiguration", "STEP_ENDED createDistributionConfiguration",
				"STEP_BEGUN createImage", "STEP_ENDED createImage", "STEP_BEGUN getImage", "IMAGE_STATUS getImage",
				"IMAGE_STATUS getImage", "IMAGE_STATUS getImage", "IMAGE_STATUS getImage", "IMAGE_STATUS getImage",
				"IMAGE_STATUS getImage", "IMAGE_STATUS getImage", "STEP_ENDED getImage", "ENDED getImage");
		assertThat(this.engine.run(id).lastEvent()).isEqualTo(15);
	}

	@ParameterizedTest
	@CsvSource({ "AVAILABLE, SUCCEEDED", "DEPRECATED, SUCCEEDED", "DISABLED, SUCCEEDED", "DELETED, FAILED" })
	void imageThatEndedDecidesTheRun(String last, RunStatus expected) {
		this.simulator.nextImage(Ending.turned(last));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(expected);
		assertThat(this.engine.run(id).finalStatus()).isEqualTo(last);
		assertThat(this.engine.run(id).failure()).isNull();
	}

	@Test
	void failedImageFailsTheRunWithItsReason() {
		this.simulator.nextImage(Ending.failedAt("BUILDING", "Document arn:… failed!"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		Stored run = this.engine.run(id);
		assertThat(run.status()).isEqualTo(RunStatus.FAILED);
		assertThat(run.finalStatus()).isEqualTo("FAILED");
		assertThat(run.image().reason()).isEqualTo("Document arn:… failed!");
		assertThat(run.failure()).isNull();
	}

	@Test
	void failedCopiesAreKeptWithWhatAwsSaysAboutThem() {
		this.simulator.nextImage(Ending.copiesFailed("Not all copies are made",
				FailedCopy.in("us-east-1", "full", Sign.AMI_STATE, Sign.REGION_FAILURE).of("111122223333")));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		Image image = this.engine.run(id).image();
		assertThat(image.amis()).extracting(Ami::region, Ami::accountId, Ami::status, Ami::reason)
			.containsExactly(tuple("eu-west-1", "123456789012", "AVAILABLE", null),
					tuple("us-east-1", "111122223333", "FAILED", "full"),
					tuple("us-east-1", "123456789012", "AVAILABLE", null));
		assertThat(image.failureContext().at("/distributionFailure/regionFailures/0/targetAccountId").stringValue())
			.isEqualTo("111122223333");
	}

	@Test
	void copyThatFailsIsAnEventAndOneThatHasFailedIsNone() {
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runFor(Duration.ofMinutes(3));
		int before = this.engine.eventsOf(id).size();
		this.simulator.always(Operation.GET_IMAGE, Fault.body("""
				{"image":{"state":{"status":"DISTRIBUTING"},"outputResources":{"amis":[
				{"region":"us-east-1","state":{"status":"FAILED"}},{"region":"eu-west-1"}]}}}"""));
		this.engine.runFor(Duration.ofMinutes(3));
		assertThat(this.engine.eventsOf(id)).hasSize(before + 1);
	}

	@Test
	void cancelledImageCancelsTheRun() {
		this.simulator.nextImage(Ending.cancelledAt("TESTING"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.engine.run(id).finalStatus()).isEqualTo("CANCELLED");
	}

	@Test
	void imageMissingAtThreePollsInARowIsDeleted() {
		this.simulator.nextImage(Ending.gone());
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		Stored run = this.engine.run(id);
		assertThat(run.status()).isEqualTo(RunStatus.FAILED);
		assertThat(run.finalStatus()).isEqualTo("DELETED");
		assertThat(run.failure()).extracting(Failure::code).isEqualTo("ResourceNotFoundException");
		assertThat(run.image().status()).isEqualTo("INTEGRATING");
		assertThat(this.time.passed()).isBetween(Duration.ofSeconds(2400 + 54), Duration.ofSeconds(2400 + 99));
	}

	@Test
	void otherAnswersResetTheCountOfMissingPolls() {
		UUID id = this.engine.start(NewRuns.any());
		for (int i = 0; i < 3; i++) {
			this.simulator.onNext(2, Operation.GET_IMAGE, Fault.error(404, "ResourceNotFoundException"));
			this.engine.runFor(Duration.ofSeconds(70));
			this.simulator.onNext(Operation.GET_IMAGE, Fault.error(429, "CallRateLimitExceededException"));
			this.engine.runFor(Duration.ofSeconds(33));
		}
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.RUNNING);
	}

	@Test
	void statusThatIsNotKnownIsPolledUntilTheDeadline() {
		this.simulator.nextImage(Ending.stuckIn("BAKING"));
		UUID id = this.engine.start(NewRuns.withDeadline(Duration.ofHours(2)));
		this.engine.runToTheEnd();
		Stored run = this.engine.run(id);
		assertThat(run.status()).isEqualTo(RunStatus.TIMED_OUT);
		assertThat(run.finalStatus()).isEqualTo("BAKING");
		assertThat(this.time.passed()).isEqualTo(Duration.ofHours(2));
		assertThat(this.engine.count("distribute.image.status.unknown")).isGreaterThan(100);
	}

	@Test
	void imageWithoutStatusIsPolledUntilTheDeadline() {
		this.simulator.nextImage(Ending.stateless());
		UUID id = this.engine.start(NewRuns.withDeadline(Duration.ofHours(1)));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.TIMED_OUT);
		assertThat(this.engine.run(id).finalStatus()).isNull();
		assertThat(this.engine.run(id).image().status()).isNull();
	}

	@Test
	void throttledPollsAreNeverCloserThanTheInterval() {
		this.simulator.always(Operation.GET_IMAGE, Fault.error(429, "CallRateLimitExceededException"));
		this.engine.start(NewRuns.any());
		this.engine.runFor(Duration.ofMinutes(5));
		assertThat(distances(Operation.GET_IMAGE)).hasSizeGreaterThan(3)
			.allSatisfy((distance) -> assertThat(distance).isGreaterThanOrEqualTo(Duration.ofSeconds(27)));
	}

	@Test
	void lostPermissionDoesNotLoseSightOfTheImage() {
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		this.simulator.onNext(5, Operation.GET_IMAGE, Fault.error(403, "AccessDeniedException"));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
	}

	@Test
	void workerThatDiesBetweenCallAndCommitBuildsNothingTwice() {
		UUID id = this.engine.start(NewRuns.any());
		this.engine.callAndDie();
		assertThat(this.simulator.distributionConfigurations()).isOne();
		assertThat(this.engine.run(id).distributionConfigurationArn()).isNull();
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(429, "TooManyRequestsException"));
		this.engine.runFor(Engine.CLAIM_FOR);
		this.time.passTo(this.engine.nextDue().orElseThrow());
		this.engine.callAndDie();
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.engine.run(id).imageBuildVersionArn()).isNull();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.simulator.distributionConfigurations()).isOne();
		assertThat(this.simulator.count(Operation.CREATE_IMAGE)).isEqualTo(3);
	}

	@Test
	void workerThatOutlivesItsClaimWritesNothing() {
		UUID id = this.engine.start(NewRuns.any());
		Claim slow = this.engine.callAndDie();
		this.engine.runFor(Engine.CLAIM_FOR.plusSeconds(1));
		long version = this.engine.run(id).version();
		assertThat(this.engine.store(slow)).isEmpty();
		assertThat(this.engine.run(id).version()).isEqualTo(version);
		assertThat(this.engine.count("distribute.image.writes.refused")).isOne();
		this.engine.runToTheEnd();
		assertThat(this.simulator.builds()).isOne();
	}

	@Test
	void claimThatNeverReportedLeavesACreateUnanswered() {
		UUID id = this.engine.start(NewRuns.any());
		this.engine.queue().claim(10, 10, Engine.CLAIM_FOR, this.engine.queue().lowWaterMarks());
		this.time.pass(Engine.CLAIM_FOR);
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION,
				Fault.error(429, "TooManyRequestsException"));
		this.engine.tick();
		assertThat(this.engine.run(id).unansweredSince()).isEqualTo(VirtualTime.START);
	}

	@Test
	void serviceThatWasDownOverTheDeadlinePollsOnceMore() {
		UUID id = this.engine.start(NewRuns.withDeadline(Duration.ofHours(1)));
		this.engine.tick();
		this.time.pass(Duration.ofHours(3));
		int polls = this.simulator.count(Operation.GET_IMAGE);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.count(Operation.GET_IMAGE) - polls).isOne();
	}

	@Test
	void deadlineAtGetImageTimesOutWithTheLastStatus() {
		this.simulator.nextImage(Ending.stuckIn("DISTRIBUTING"));
		UUID id = this.engine.start(NewRuns.withDeadline(Duration.ofHours(1)));
		this.engine.runToTheEnd();
		Stored run = this.engine.run(id);
		assertThat(run.status()).isEqualTo(RunStatus.TIMED_OUT);
		assertThat(run.finalStatus()).isEqualTo("DISTRIBUTING");
		assertThat(run.failure()).isNull();
		assertThat(this.time.passed()).isEqualTo(Duration.ofHours(1));
	}

	@Test
	void failedCallsAreKeptTwoHundredTimes() {
		this.simulator.always(Operation.CREATE_IMAGE, Fault.html(403));
		UUID id = this.engine.start(NewRuns.withDeadline(Duration.ofHours(6)));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).failedCalls()).isGreaterThan(300);
		assertThat(this.engine.eventsOf(id).stream().filter("CALL_FAILED createImage"::equals)).hasSize(200);
	}

	@Test
	void retryAfterIsAFloor() {
		this.simulator.onNext(Operation.CREATE_IMAGE,
				Fault.error(429, "CallRateLimitExceededException").header("Retry-After", "300"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		assertThat(this.engine.run(id).nextAttemptAt()).isEqualTo(VirtualTime.START.plusSeconds(300));
	}

	@Test
	void retryAfterIsCappedAtAQuarterOfAnHour() {
		this.simulator.onNext(Operation.CREATE_IMAGE,
				Fault.error(429, "CallRateLimitExceededException").header("Retry-After", "86400"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		assertThat(this.engine.run(id).nextAttemptAt()).isEqualTo(VirtualTime.START.plusSeconds(900));
	}

	@Test
	void waitsEndAtTheDeadline() {
		this.simulator.onNext(Operation.CREATE_IMAGE,
				Fault.error(429, "CallRateLimitExceededException").header("Retry-After", "800"));
		UUID id = this.engine.start(NewRuns.withDeadline(Duration.ofMinutes(5)));
		this.engine.tick();
		assertThat(this.engine.run(id).nextAttemptAt()).isEqualTo(VirtualTime.START.plus(Duration.ofMinutes(5)));
	}

	@Test
	void rowThatCannotBeReadHindersNoOther() {
		UUID bad = this.engine.start(NewRuns.any());
		List<UUID> good = IntStream.range(0, 20).mapToObj((i) -> this.engine.start(NewRuns.any())).toList();
		this.engine.jdbc().sql("update run set image_amis = '{}' where id = :id").param("id", bad).update();
		this.engine.runFor(Duration.ofMinutes(45));
		assertThat(good).allSatisfy((id) -> assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED));
	}

	@Test
	void unexpectedExceptionIsAFailedAttempt() {
		this.simulator.onNext(Operation.GET_IMAGE,
				Fault.body("{\"image\":{\"outputResources\":{\"amis\":[{\"region\":7}]}}}"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
	}

	@Test
	void rowThatTheDatabaseRefusesHindersNoOther() {
		UUID bad = this.engine.start(NewRuns.withDeadline(Duration.ofMinutes(30)));
		List<UUID> good = IntStream.range(0, 20).mapToObj((i) -> this.engine.start(NewRuns.any())).toList();
		this.engine.jdbc()
			.sql("alter table run add constraint refuses_one check (id <> '%s' or image_build_version_arn is null)"
				.formatted(bad))
			.update();
		try {
			this.engine.runToTheEnd();
			assertThat(good)
				.allSatisfy((id) -> assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED));
			assertThat(this.engine.run(bad).status()).isEqualTo(RunStatus.TIMED_OUT);
			assertThat(this.engine.run(bad).failure().message()).contains("Unexpected failure in this service");
			assertThat(this.simulator.builds()).isEqualTo(21);
		}
		finally {
			this.engine.jdbc().sql("alter table run drop constraint refuses_one").update();
		}
	}

}
