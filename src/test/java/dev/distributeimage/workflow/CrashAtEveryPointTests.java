package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.chaos.Chaos;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.queue.StoredRuns;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs each scenario once without a crash, which counts the fail points, and then once
 * per fail point with a crash there: all must end as the first one did. In short form
 * only every fourth point is tested. In full form all are, and then again with a second
 * crash later on.
 */
@Tag("chaos")
@Import(CrashingDataSource.Everywhere.class)
class CrashAtEveryPointTests extends VirtualRuns {

	private static final int EVERY = Chaos.times(4, 1);

	private static final int SECOND_CRASHES = Chaos.times(0, 1);

	/** Longer than the lease of a dead worker and a poll, so that no status is missed. */
	private static final Duration PACE = Duration.ofSeconds(Chaos.times(95, 155));

	private static final LoggingSystem LOGGING = LoggingSystem.get(CrashAtEveryPointTests.class.getClassLoader());

	private static int begun;

	private static int held;

	private static int crashes;

	private final Random random = Chaos.random(2);

	private final FailPoints points;

	private final StoredRuns runs;

	private Supplier<Engine> processes;

	CrashAtEveryPointTests(@Autowired BeanFactory beans, @Autowired CrashingDataSource dataSource) {
		super(beans, dataSource.onlooker(), PACE);
		this.points = dataSource.points();
		this.runs = new StoredRuns(beans, this.time.jdbc());
		this.processes = () -> new Engine(beans, this.time, this.points.around(this.imageBuilder), 42);
	}

	/** The log of a process that dies here does not matter. */
	@BeforeEach
	void listenNoMore() {
		LOGGING.setLogLevel("dev.distributeimage", LogLevel.OFF);
	}

	@AfterEach
	void watchNoMore() {
		this.points.end();
	}

	@AfterAll
	static void report() {
		LOGGING.setLogLevel("dev.distributeimage", null);
		if (held == begun) {
			Chaos.held(2, "a crash before and after each statement, commit and AWS call",
					"%d crashes in %d stories, all ended as without".formatted(crashes, held));
		}
	}

	@Test
	void imageIsBuilt() {
		RunsEnd end = endsTheSame((service) -> {
			this.simulator.nextImage(Ending.available().by("BUILDING", "DISTRIBUTING"));
			service.post(NewRuns.withToken("plain"));
			service.awaitsTheEnd();
		});
		assertThat(end.statuses()).containsExactly(RunStatus.SUCCEEDED);
		assertThat(end.carriedOut(Operation.CREATE_IMAGE)).isOne();
	}

	@Test
	void createsAreAnsweredWithErrors() {
		RunsEnd end = endsTheSame((service) -> {
			this.simulator.nextImage(Ending.available().by("BUILDING"));
			this.simulator.onNext(2, Operation.CREATE_DISTRIBUTION_CONFIGURATION, Fault.error(429, "Throttling"));
			this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(500, "ServiceException").afterCommit());
			this.simulator.onNext(Operation.GET_IMAGE, Fault.error(503, "ServiceUnavailableException"));
			service.post(NewRuns.withToken("backoff"));
			service.awaitsTheEnd();
		});
		assertThat(end.statuses()).containsExactly(RunStatus.SUCCEEDED);
	}

	@Test
	void failedDistributionIsRetried() {
		RunsEnd end = endsTheSame((service) -> {
			this.simulator.nextImage(Ending.failedAt("DISTRIBUTING", "no room")
				.by("BUILDING", "DISTRIBUTING")
				.onRetry(Ending.available().by("DISTRIBUTING")));
			UUID id = service.post(NewRuns.withToken("retried"));
			service.awaitsTheEnd();
			service.retry(id);
			service.awaitsTheEnd();
		});
		assertThat(end.statuses()).containsExactly(RunStatus.SUCCEEDED);
		assertThat(end.carriedOut(Operation.RETRY_IMAGE)).isOne();
		assertThat(end.carriedOut(Operation.CREATE_IMAGE)).isOne();
	}

	@Test
	void failedBuildIsBuiltAgain() {
		RunsEnd end = endsTheSame((service) -> {
			this.simulator.nextImage(Ending.failedAt("BUILDING", "exit status 1").by("BUILDING"));
			this.simulator.nextImage(Ending.available().by("BUILDING"));
			UUID id = service.post(NewRuns.withToken("rebuilt"));
			service.awaitsTheEnd();
			service.retry(id);
			service.awaitsTheEnd();
		});
		assertThat(end.statuses()).containsExactly(RunStatus.SUCCEEDED);
		assertThat(end.carriedOut(Operation.CREATE_IMAGE)).isEqualTo(2);
	}

	@Test
	void buildIsCancelled() {
		RunsEnd end = endsTheSame((service) -> {
			this.simulator.nextImage(Ending.available().by("CREATING", "BUILDING"));
			UUID id = service.post(NewRuns.withToken("cancelled"));
			service.awaits(exists("run where image_status = 'CREATING'"));
			service.cancel(id);
			service.awaitsTheEnd();
		});
		assertThat(end.statuses()).containsExactly(RunStatus.CANCELLED);
		assertThat(end.carriedOut(Operation.CANCEL_IMAGE_CREATION)).isOne();
	}

	@Test
	void runIsCancelledBeforeItsBuild() {
		RunsEnd end = endsTheSame((service) -> {
			this.simulator.always(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Fault.error(429, "Throttling"));
			UUID id = service.post(NewRuns.withToken("unbuilt"));
			service.awaits(exists("run where attempts > 0"));
			service.cancel(id);
			service.awaitsTheEnd();
		});
		assertThat(end.statuses()).containsExactly(RunStatus.CANCELLED);
		assertThat(end.carriedOut(Operation.CREATE_IMAGE)).isZero();
	}

	@Test
	void deadlineComes() {
		RunsEnd end = endsTheSame((service) -> {
			this.simulator.nextImage(Ending.stuckIn("BUILDING").by("BUILDING"));
			NewRun asked = NewRuns.withToken("late");
			service.post(new NewRunBuilder(asked).deadline(Duration.ofMinutes(3)).build());
			service.awaitsTheEnd();
		});
		assertThat(end.statuses()).containsExactly(RunStatus.TIMED_OUT);
	}

	@Test
	void leftConfigurationIsRemovedAndMadeAgain() {
		Supplier<Engine> alone = this.processes;
		this.processes = () -> alone.get().removing();
		RunsEnd end = endsTheSame((service) -> {
			this.simulator.nextImage(Ending.failedAt("BUILDING", "exit status 1").by("BUILDING"));
			this.simulator.nextImage(Ending.available().by("BUILDING"));
			UUID id = service.post(NewRuns.withToken("left"));
			service.awaitsTheEnd();
			UUID leftover = this.time.jdbc().sql("select id from leftover").query(UUID.class).single();
			service.remove(() -> leftover);
			service.awaitsTheEnd();
			assertThat(this.simulator.distributionConfigurations()).isZero();
			service.retry(id);
			service.awaitsTheEnd();
			assertThat(this.simulator.distributionConfigurations()).isOne();
		});
		assertThat(end.statuses()).containsExactly(RunStatus.SUCCEEDED);
		assertThat(end.carriedOut(Operation.CREATE_DISTRIBUTION_CONFIGURATION)).isEqualTo(2);
	}

	@Test
	void runsAreClaimedAndWrittenTogether() {
		Supplier<Engine> alone = this.processes;
		this.processes = () -> alone.get().writingInGroups();
		RunsEnd end = endsTheSame((service) -> {
			for (String recipe : List.of("web", "mail", "proxy")) {
				this.simulator.imagesOf(recipe, Ending.available().by("BUILDING"));
				NewRun asked = NewRuns.of("eu-west-1", recipe);
				service.post(new NewRunBuilder(asked).name(recipe).token(recipe).build());
			}
			service.awaitsTheEnd();
		});
		assertThat(end.statuses()).hasSize(3).containsOnly(RunStatus.SUCCEEDED);
		assertThat(end.carriedOut(Operation.CREATE_IMAGE)).isEqualTo(3);
	}

	@Test
	void sourceImageIsDistributed() {
		RunsEnd end = endsTheSame((service) -> {
			this.simulator.nextImage(Ending.available().by("DISTRIBUTING"));
			this.simulator.onNext(Operation.DISTRIBUTE_IMAGE, Fault.error(500, "ServiceException").afterCommit());
			service.post(of(RunKind.SOURCE_IMAGE, NewRuns.withToken("distributed")));
			service.awaitsTheEnd();
		});
		assertThat(end.statuses()).containsExactly(RunStatus.SUCCEEDED);
		assertThat(end.carriedOut(Operation.DISTRIBUTE_IMAGE)).isOne();
	}

	@ParameterizedTest
	@EnumSource(names = { "REUSING_BUILD", "REUSING_SOURCE_IMAGE" })
	void configurationIsReused(RunKind kind) {
		RunsEnd end = endsTheSame((service) -> {
			this.simulator.nextImage(Ending.available().by("DISTRIBUTING"));
			this.simulator.onNext(kind.imageOperation(), Fault.error(429, "Throttling"));
			service.post(of(kind, NewRuns.withToken("reusing")));
			service.awaitsTheEnd();
			assertThat(this.simulator.count(Operation.GET_DISTRIBUTION_CONFIGURATION)).isBetween(1, 1 + service.died());
		});
		assertThat(end.statuses()).containsExactly(RunStatus.SUCCEEDED);
		assertThat(end.carriedOut(kind.imageOperation())).isOne();
	}

	private RunsEnd endsTheSame(Consumer<CrashingService> story) {
		begun++;
		RunsEnd expected = endOf(story, List.of());
		int last = this.points.passed();
		for (int point = 1 + this.random.nextInt(EVERY); point <= last; point += EVERY) {
			assertEndsLike(expected, story, List.of(point));
			for (int i = 0; i < SECOND_CRASHES; i++) {
				assertEndsLike(expected, story, List.of(point, 1 + this.random.nextInt(last)));
			}
		}
		held++;
		return expected;
	}

	private void assertEndsLike(RunsEnd expected, Consumer<CrashingService> story, List<Integer> deaths) {
		assertThat(endOf(story, deaths)).as("Crashes at points %s", deaths).isEqualTo(expected);
	}

	private RunsEnd endOf(Consumer<CrashingService> story, List<Integer> deaths) {
		TestPostgres.empty(this.time.jdbc());
		this.simulator.reset();
		CrashingService service = new CrashingService(this.points, this.processes, deaths);
		story.accept(service);
		this.points.end();
		// The second process may have too few fail points left to die at.
		assertThat(service.died()).isBetween(Math.min(deaths.size(), 1), deaths.size());
		crashes += service.died();
		return RunsEnd.of(this.time.jdbc(), this.runs, this.simulator);
	}

	private BooleanSupplier exists(String what) {
		return () -> this.time.jdbc()
			.sql("select exists (select from %s)".formatted(what))
			.query(Boolean.class)
			.single();
	}

}
