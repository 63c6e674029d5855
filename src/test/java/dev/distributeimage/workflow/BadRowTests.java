package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import dev.distributeimage.Intercepted;
import dev.distributeimage.chaos.Chaos;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.RecordedRequest;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests runs that fail at every attempt in an unexpected way, among good ones. */
@NullUnmarked
@Tag("chaos")
@Tag("chaos-full")
class BadRowTests extends VirtualRuns {

	private static final LoggingSystem LOGGING = LoggingSystem.get(BadRowTests.class.getClassLoader());

	private static final int GOOD = 500;

	private static final Duration PACE = Duration.ofMinutes(2);

	/** Two statuses. */
	private static final Duration BUILD = PACE.multipliedBy(2);

	private static final Duration LONGEST_POLL = Duration.ofSeconds(33);

	/**
	 * Longer than the hour after which the image is searched for before the create is
	 * repeated.
	 */
	private static final Duration DEADLINE = Duration.ofMinutes(90);

	private final List<Defect> defects = Defect.all();

	private final Engine defective;

	BadRowTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, PACE);
		ImageBuilder withDefects = Intercepted.of(ImageBuilder.class, this.imageBuilder, (call) -> {
			for (Defect defect : this.defects) {
				defect.meet(call);
			}
			return call.make();
		});
		this.defective = new Engine(beans, this.time, withDefects, 42).writingInGroups();
	}

	/** Suppresses the log, because each of these failures has a stack trace. */
	@BeforeEach
	void listenNoMore() {
		LOGGING.setLogLevel("dev.distributeimage", LogLevel.OFF);
	}

	@AfterAll
	static void listenAgain() {
		LOGGING.setLogLevel("dev.distributeimage", null);
	}

	@AfterEach
	void refuseNothing() {
		this.defects.forEach((defect) -> defect.refuseNoMore(this.time.jdbc()));
		this.time.jdbc().sql("alter table run drop constraint if exists refuses_outcomes").update();
	}

	/** The results of the good runs. */
	private record Fared(double seconds, double calls) {

		@Override
		public String toString() {
			return "%.0f s and %.2f calls each".formatted(this.seconds, this.calls);
		}

	}

	@Test
	void badRunsEndAtTheirDeadlinesAndHinderNoOther() {
		Fared alone = goodRunsFare();
		List<UUID> bad = this.defects.stream().map(this::start).toList();
		Fared among = goodRunsFare();
		Instant over = this.time.instant().plus(DEADLINE);
		this.defective.runUntil(() -> this.time.instant().isAfter(over));
		assertThat(bad).map(this.defective::run).allSatisfy(BadRowTests::assertEndedAtItsDeadline);
		assertThat(this.simulator.images()).filteredOn((image) -> !image.recipeArn().contains("/good/")).hasSize(5);
		Chaos.held(12,
				"%d runs that throw or are refused at every attempt, among %d good ones".formatted(bad.size(), GOOD),
				"good ones: %s, alone %s; bad ones: timed out at their deadline of %d min after %s attempts"
					.formatted(among, alone, DEADLINE.toMinutes(), attempts(bad)));
	}

	private Fared goodRunsFare() {
		this.simulator.imagesOf("good", Ending.available().by("BUILDING", "DISTRIBUTING"));
		this.simulator.forgetRequests();
		Instant begun = this.time.instant();
		List<UUID> good = IntStream.range(0, GOOD)
			.mapToObj((i) -> this.defective.start(NewRuns.of("eu-west-1", "good")))
			.toList();
		this.defective.runUntil(() -> this.time.instant().isAfter(begun.plus(BUILD).plus(LONGEST_POLL)));
		List<Stored> ended = good.stream().map(this.defective::run).toList();
		Map<String, Integer> calls = callsByTarget();
		assertThat(ended).allSatisfy((run) -> {
			assertThat(run.status()).isEqualTo(RunStatus.SUCCEEDED);
			assertThat(run.finishedAt()).isBetween(begun.plus(BUILD), begun.plus(BUILD).plus(LONGEST_POLL));
			assertThat(calls.get(run.createImageToken())).isEqualTo(2);
			assertThat(calls.get(run.imageBuildVersionArn())).isBetween(9, 10);
		});
		return new Fared(
				ended.stream()
					.mapToLong((run) -> Duration.between(begun, run.finishedAt()).toSeconds())
					.average()
					.orElseThrow(),
				2 + ended.stream().mapToInt((run) -> calls.get(run.imageBuildVersionArn())).average().orElseThrow());
	}

	// Identifies a create by its token and a poll by its image.
	private Map<String, Integer> callsByTarget() {
		Map<String, Integer> calls = new HashMap<>();
		for (RecordedRequest request : this.simulator.requests()) {
			request.parameter("clientToken")
				.or(() -> request.parameter("imageBuildVersionArn"))
				.ifPresent((target) -> calls.merge(target, 1, Integer::sum));
		}
		return calls;
	}

	private UUID start(Defect defect) {
		UUID id = this.defective.start(defect.run(DEADLINE));
		defect.refuse(this.time.jdbc(), id);
		return id;
	}

	private static void assertEndedAtItsDeadline(Stored run) {
		assertThat(run.status()).isEqualTo(RunStatus.TIMED_OUT);
		// The wait of a claimed run for a worker passes in real time here.
		assertThat(run.finishedAt()).isBetween(run.deadline().minus(Engine.CLAIM_FOR), run.deadline());
		assertThat(run.failure().message()).startsWith("Unexpected failure in this service");
		assertThat(run.failure().step()).isEqualTo(run.step());
		assertThat(run.attempts()).isEqualTo(run.failedCalls())
			.isBetween((int) DEADLINE.toMinutes(), 4 * (int) DEADLINE.toMinutes());
	}

	private String attempts(List<UUID> bad) {
		IntSummaryStatistics attempts = bad.stream()
			.mapToInt((id) -> this.defective.run(id).failedCalls())
			.summaryStatistics();
		return "%d to %d".formatted(attempts.getMin(), attempts.getMax());
	}

	@Test
	void runOfWhichNothingCanBeStoredEndsOnceItCan() {
		UUID bad = this.defective.start(NewRuns.withDeadline(Duration.ofMinutes(30)));
		this.time.jdbc()
			.sql("alter table run add constraint refuses_outcomes check (id <> '%s' or version = 0 or claimed_at is not null)"
				.formatted(bad))
			.update();
		goodRunsFare();
		this.defective.runFor(Duration.ofHours(1));
		assertThat(this.defective.run(bad).status()).isEqualTo(RunStatus.RUNNING);
		this.time.jdbc().sql("alter table run drop constraint refuses_outcomes").update();
		this.defective.runToTheEnd();
		assertThat(this.defective.run(bad).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.count(Operation.GET_IMAGE)).isLessThan(10 * GOOD + 70);
	}

}
