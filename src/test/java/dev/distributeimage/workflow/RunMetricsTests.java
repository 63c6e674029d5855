package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunValues;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import dev.distributeimage.run.view.RunsInFlight;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Tests what is measured of whole runs, in virtual time. */
@NullUnmarked
class RunMetricsTests extends VirtualRuns {

	private static final Duration PACE = Duration.ofMinutes(5);

	private final SimpleMeterRegistry metrics = this.engine.metrics();

	private final RunsInFlight inFlight;

	RunMetricsTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc, @Autowired RunsInFlight inFlight) {
		super(beans, jdbc, PACE);
		this.inFlight = inFlight;
	}

	@Test
	void runAndItsStepsTakeTheSameTime() {
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		Timer runs = timer("run.duration", "status", "SUCCEEDED");
		assertThat(runs.count()).isOne();
		assertThat(seconds(runs)).isCloseTo(secondsOf(this.engine.run(id)), within(0.001));
		double steps = 0;
		for (StepId step : StepId.values()) {
			steps += seconds(timer("step.duration", "step", step.toString()));
		}
		assertThat(steps).isCloseTo(seconds(runs), within(0.001));
	}

	@Test
	void imageStatusesAreMeasuredFromPollToPoll() {
		this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		for (String status : new String[] { "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING" }) {
			Timer timer = timer("image.status.duration", "image_status", status);
			assertThat(timer.count()).isOne();
			assertThat(seconds(timer)).isBetween(PACE.toSeconds() - 33.0, PACE.toSeconds() + 33.0);
		}
		assertThat(this.metrics.find("distribute.image.image.status.duration").tag("image_status", "AVAILABLE").timer())
			.isNull();
	}

	@Test
	void lagIsTheTimeSinceTheAnswerBefore() {
		this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		Timer lags = this.metrics.get("distribute.image.detection.lag").timer();
		assertThat(lags.count()).as("PENDING to AVAILABLE").isEqualTo(6);
		assertThat(lags.max(TimeUnit.SECONDS)).isBetween(27.0, 33.0);
		assertThat(seconds(lags)).isBetween(6 * 27.0, 6 * 33.0);
	}

	@Test
	void lagIsNotShortenedByPollsThatFail() {
		this.engine.start(NewRuns.any());
		this.engine.runFor(PACE.dividedBy(2));
		this.simulator.always(Operation.GET_IMAGE, Fault.error(500, "ServiceException"));
		this.engine.runFor(PACE);
		this.simulator.clearFaults();
		this.engine.runFor(Duration.ofMinutes(2));
		Timer lags = this.metrics.get("distribute.image.detection.lag").timer();
		assertThat(lags.count()).isOne();
		assertThat(seconds(lags)).isBetween(PACE.toSeconds() - 33.0, PACE.toSeconds() + 120.0);
	}

	@Test
	void durationOfARetriedRunBeginsWithItsRetry() {
		this.simulator.nextImage(Ending.failedAt("CREATING", "no"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		this.time.pass(Duration.ofDays(3));
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(seconds(timer("run.duration", "status", "FAILED"))).isBetween(600.0, 700.0);
		assertThat(seconds(timer("run.duration", "status", "SUCCEEDED"))).isBetween(1_800.0, 1_900.0);
		assertThat(timer("step.duration", "step", "createImage").count()).isEqualTo(2);
		assertThat(timer("step.duration", "step", "createImage").max(TimeUnit.SECONDS)).isLessThan(60);
	}

	@ParameterizedTest
	@CsvSource({ "InvalidParameterValueException, InvalidParameterValueException", "OddException, other" })
	void endHasAKnownCode(String code, String label) {
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(400, code));
		this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(this.metrics.get("distribute.image.runs.ended")
			.tags("status", "FAILED", "step", "createImage", "code", label)
			.counter()
			.count()).isOne();
	}

	@Test
	void outcomeOfALostLeaseIsNotCounted() {
		this.engine.start(NewRuns.any());
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION,
				Fault.error(400, "InvalidParameterValueException"));
		Claim claim = this.engine.take().orElseThrow();
		RunValues before = claim.run().values();
		Claim late = this.engine.call(claim);
		this.time.pass(Engine.CLAIM_FOR.plusSeconds(1));
		assertThat(this.engine.take()).isPresent();
		this.engine.report(late, before);
		assertThat(this.engine.count("distribute.image.writes.refused")).isOne();
		assertThat(this.metrics.find("distribute.image.runs.ended").counter()).isNull();
		assertThat(timer("run.duration", "status", "FAILED").count()).isZero();
		assertThat(timer("step.duration", "step", "createDistributionConfiguration").count()).isZero();
	}

	@Test
	void runsInFlightAreCountedByStepAndImageStatus() {
		InFlightMetrics counting = new InFlightMetrics(this.inFlight, this.engine.pulse(), this.metrics);
		counting.count();
		assertThat(inFlight("createImage", "none").value()).isZero();
		assertThat(nearestDeadline()).isNaN();
		this.simulator.onNext(3, Operation.CREATE_IMAGE, Fault.error(400, "ServiceQuotaExceededException"));
		this.engine.start(NewRuns.any());
		this.engine.tick();
		this.engine.start(NewRuns.named("other"));
		this.time.pass(Duration.ofSeconds(1));
		counting.count();
		assertThat(inFlight("createImage", "none").value()).isOne();
		assertThat(inFlight("createDistributionConfiguration", "none").value()).isOne();
		assertThat(nearestDeadline()).isEqualTo(12 * 3_600.0 - 1);
		this.engine.runFor(PACE.dividedBy(2));
		counting.count();
		assertThat(inFlight("createImage", "none").value()).isZero();
		assertThat(inFlight("getImage", "PENDING").value()).isEqualTo(2);
		this.engine.runToTheEnd();
		counting.count();
		assertThat(inFlight("getImage", "PENDING")).as("a series without runs").isNull();
		assertThat(nearestDeadline()).isNaN();
		counting.destroy();
	}

	private Gauge inFlight(String step, String imageStatus) {
		return this.metrics.find("distribute.image.runs.in.flight")
			.tags("step", step, "image_status", imageStatus)
			.gauge();
	}

	private double nearestDeadline() {
		return this.metrics.get("distribute.image.nearest.deadline").gauge().value();
	}

	private Timer timer(String name, String label, String value) {
		return this.metrics.get("distribute.image." + name).tag(label, value).timer();
	}

	private static double seconds(Timer timer) {
		return timer.totalTime(TimeUnit.NANOSECONDS) / 1e9;
	}

	private static double secondsOf(Stored run) {
		return Duration.between(run.createdAt(), run.finishedAt()).toNanos() / 1e9;
	}

}
