package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import dev.distributeimage.VirtualTime;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import dev.distributeimage.simulator.Fault;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests the request for an image, by CreateImage or by DistributeImage. */
@NullUnmarked
class ImageRequestTests extends VirtualRuns {

	ImageRequestTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, Duration.ofMinutes(2));
	}

	@ParameterizedTest
	@EnumSource
	void runGoesThroughTheStepsOfItsKind(RunKind kind) {
		UUID id = this.engine.start(any(kind));
		this.engine.runToTheEnd();
		List<String> begun = this.engine.eventsOf(id)
			.stream()
			.filter((event) -> event.startsWith("STEP_BEGUN"))
			.toList();
		assertThat(begun).containsExactlyElementsOf(Stream.of(kind.firstStep(), kind.imageStep(), StepId.GET_IMAGE)
			.distinct()
			.map((step) -> "STEP_BEGUN " + step)
			.toList());
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.count(kind.imageOperation())).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void throttledThreeTimesGoesOn(RunKind kind) {
		this.simulator.onNext(3, kind.imageOperation(), Fault.error(400, "ThrottlingException"));
		UUID id = this.engine.start(any(kind));
		this.engine.tick();
		assertThat(this.engine.run(id).failure()).extracting(Failure::code).isEqualTo("ThrottlingException");
		assertThat(this.engine.run(id).attempts()).isOne();
		assertThat(this.engine.run(id).unansweredSince()).isNull();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.engine.run(id).attempts()).isZero();
		assertThat(this.simulator.count(kind.imageOperation())).isEqualTo(4);
		assertThat(this.engine.eventsOf(id).stream().filter(("CALL_FAILED " + kind.imageStep())::equals)).hasSize(3);
	}

	@ParameterizedTest
	@EnumSource
	void refusedEndsTheRunAtOnce(RunKind kind) {
		this.simulator.onNext(kind.imageOperation(), Fault.error(403, "AccessDeniedException", "not authorized"));
		UUID id = this.engine.start(any(kind));
		this.engine.runToTheEnd();
		Stored run = this.engine.run(id);
		assertThat(run.status()).isEqualTo(RunStatus.FAILED);
		assertThat(run.step()).isEqualTo(kind.imageStep());
		assertThat(run.finalStatus()).isNull();
		assertThat(run.image()).isNull();
		assertThat(run.distributionConfigurationArn()).isNotNull();
		assertThat(run.failure().operation()).isEqualTo(kind.imageOperation().wireName());
		assertThat(run.failure().code()).isEqualTo("AccessDeniedException");
		assertThat(run.failure().message()).isEqualTo("not authorized");
		assertThat(run.failure().requestId()).isNotNull();
		assertThat(this.time.passed()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestThatWasCarriedOutUnansweredIsRepeatedWithItsToken(RunKind kind) {
		this.simulator.onNext(kind.imageOperation(), Fault.error(500, "ServiceException").afterCommit());
		this.simulator.onNext(kind.imageOperation(), Fault.reset().afterCommit());
		this.simulator.onNext(kind.imageOperation(), Fault.empty());
		UUID id = this.engine.start(any(kind));
		this.engine.tick();
		assertThat(this.engine.run(id).unansweredSince()).isEqualTo(VirtualTime.START);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.engine.run(id).unansweredSince()).isNull();
		assertThat(this.simulator.builds()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void workerThatDiesAfterTheRequestRequestsNoOtherImage(RunKind kind) {
		this.simulator.onNext(kind.imageOperation(), Fault.error(429, "TooManyRequestsException"));
		UUID id = this.engine.start(any(kind));
		this.engine.tick();
		this.time.passTo(this.engine.nextDue().orElseThrow());
		this.engine.callAndDie();
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.engine.run(id).imageBuildVersionArn()).isNull();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.simulator.count(kind.imageOperation())).isEqualTo(3);
	}

	@ParameterizedTest
	@EnumSource
	void nothingMoreIsSentAtTheDeadline(RunKind kind) {
		this.simulator.always(kind.imageOperation(), Fault.error(402, "ServiceQuotaExceededException"));
		UUID id = this.engine.start(of(kind, NewRuns.withDeadline(Duration.ofMinutes(30))));
		this.engine.runToTheEnd();
		Stored run = this.engine.run(id);
		assertThat(run.status()).isEqualTo(RunStatus.TIMED_OUT);
		assertThat(run.step()).isEqualTo(kind.imageStep());
		assertThat(run.finalStatus()).isNull();
		assertThat(run.failure()).extracting(Failure::code).isEqualTo("ServiceQuotaExceededException");
		assertThat(this.time.passed()).isEqualTo(Duration.ofMinutes(30));
		assertThat(this.simulator.count(kind.imageOperation())).isBetween(30, 38);
	}

}
