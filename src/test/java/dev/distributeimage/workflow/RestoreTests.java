package dev.distributeimage.workflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.chaos.Chaos;
import dev.distributeimage.run.NewRun;
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
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests what becomes of runs when PostgreSQL is restored from a backup while AWS went on.
 * The backup is taken when a process has died at a fail point: before or after one of its
 * statements, commits or calls. The next process carries the run to its end, as its
 * caller wishes. Then the database is restored, and the caller asks for everything again.
 */
@Tag("chaos")
@Import(CrashingDataSource.Everywhere.class)
class RestoreTests extends VirtualRuns {

	/**
	 * This number of points of each story is tested, in short form each after one of two
	 * times, in full form after both. All points would take hours.
	 */
	private static final int POINTS = Chaos.times(3, 20);

	private static final int TIMES = Chaos.times(1, 2);

	private static final Duration PACE = Duration.ofSeconds(95);

	private static final Duration TOKEN_LIFETIME = Duration.ofDays(1);

	/** AWS still knows the tokens then. */
	private static final Duration AN_HOUR = Duration.ofHours(1);

	/** AWS has forgotten the tokens then, and the deadlines have passed. */
	private static final Duration TWO_DAYS = Duration.ofDays(2);

	private static final LoggingSystem LOGGING = LoggingSystem.get(RestoreTests.class.getClassLoader());

	private static int begun;

	private static int held;

	private static int restored;

	private final Random random = Chaos.random(24);

	private final FailPoints points;

	private final StoredRuns runs;

	private final Supplier<Engine> processes;

	private final DataSource connections;

	private final Backup backup;

	RestoreTests(@Autowired BeanFactory beans, @Autowired CrashingDataSource dataSource) {
		super(beans, dataSource.onlooker(), PACE);
		this.points = dataSource.points();
		this.runs = new StoredRuns(beans, this.time.jdbc());
		this.processes = () -> new Engine(beans, this.time, this.points.around(this.imageBuilder), 42);
		this.connections = Objects.requireNonNull(dataSource.getTargetDataSource());
		this.backup = new Backup(this.connections);
	}

	/** The log of a process that dies here does not matter. */
	@BeforeEach
	void listenNoMore() {
		LOGGING.setLogLevel("dev.distributeimage", LogLevel.OFF);
	}

	@AfterEach
	void watchNoMore() {
		this.points.end();
		this.backup.close();
	}

	@AfterAll
	static void report() {
		LOGGING.setLogLevel("dev.distributeimage", null);
		if (held == begun) {
			Chaos.held(24,
					"PostgreSQL restored to before any statement, commit or AWS call, with AWS an hour or two days on",
					"%d restores, 0 second builds".formatted(restored));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "BUILD", "SOURCE_IMAGE", "REUSING_BUILD", "REUSING_SOURCE_IMAGE" })
	void imageIsBuiltOnce(RunKind kind) {
		restoredAnywhere(kind, Ending.available().by("BUILDING", "DISTRIBUTING"), (service, asked) -> {
			service.post(asked);
			service.awaitsTheEnd();
		});
	}

	@ParameterizedTest
	@EnumSource(names = { "BUILD", "REUSING_BUILD" })
	void failedBuildIsBuiltAgainOnce(RunKind kind) {
		restoredAnywhere(kind, Ending.failedAt("BUILDING", "exit status 1").by("BUILDING"), (service, asked) -> {
			UUID id = service.post(asked);
			service.awaitsTheEnd();
			service.retry(id);
			service.awaitsTheEnd();
		});
	}

	@Test
	void failedDistributionIsRetried() {
		Ending ending = Ending.failedAt("DISTRIBUTING", "no room")
			.by("BUILDING", "DISTRIBUTING")
			.onRetry(Ending.available().by("DISTRIBUTING"));
		restoredAnywhere(RunKind.BUILD, ending, (service, asked) -> {
			UUID id = service.post(asked);
			service.awaitsTheEnd();
			service.retry(id);
			service.awaitsTheEnd();
		});
	}

	@Test
	void buildIsCancelled() {
		restoredAnywhere(RunKind.BUILD, Ending.available().by("CREATING", "BUILDING"), (service, asked) -> {
			UUID id = service.post(asked);
			service.awaits(exists("run where image_status = 'CREATING'"));
			service.cancel(id);
			service.awaitsTheEnd();
		});
	}

	@ParameterizedTest
	@EnumSource(names = { "BUILD", "SOURCE_IMAGE", "REUSING_BUILD", "REUSING_SOURCE_IMAGE" })
	void lostRunIsNotBuiltAgainForACallerWhoRepeatsIt(RunKind kind) {
		for (Duration later : List.of(AN_HOUR, TWO_DAYS)) {
			NewRun asked = begins(kind, Ending.available());
			this.backup.make();
			Engine lost = this.processes.get();
			UUID lostId = lost.start(asked);
			lost.runToTheEnd();
			this.time.pass(later);
			this.backup.restore((database) -> {
				setTime(database);
				note(database);
			});
			Engine restarted = this.processes.get();
			UUID id = restarted.start(asked);
			assertThat(id).isNotEqualTo(lostId);
			restarted.runToTheEnd();
			assertThat(this.simulator.builds()).isOne();
			boolean nameIsTaken = later.equals(TWO_DAYS) && !kind.isReusing();
			assertThat(restarted.run(id).status()).isEqualTo(nameIsTaken ? RunStatus.FAILED : RunStatus.SUCCEEDED);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anotherImageIsBuiltUnlessTheRestoreIsNoted(boolean noted) {
		begins(RunKind.BUILD, Ending.available());
		this.simulator.always(Operation.CREATE_IMAGE, Fault.error(429, "Throttling"));
		this.engine.start(NewRuns.withToken("unnoted"));
		this.engine.tick();
		this.backup.make();
		this.simulator.clearFaults();
		this.engine.runToTheEnd();
		this.simulator.forgetTokens();
		this.backup.restore((database) -> {
			setTime(database);
			if (noted) {
				note(database);
			}
		});
		Engine restarted = this.processes.get();
		restarted.runToTheEnd();
		assertThat(restarted.run(restarted.onlyRun()).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isEqualTo(noted ? 1 : 2);
	}

	@Test
	void noteIsTakenOnce() {
		this.engine.start(NewRuns.any());
		this.engine.tick();
		this.backup.make();
		this.time.pass(AN_HOUR);
		this.backup.restore((database) -> {
			setTime(database);
			note(database);
			String once = rows(database);
			note(database);
			assertThat(rows(database)).isEqualTo(once).contains("lost_since\": \"2026-09-03");
		});
	}

	@Test
	void noteOfABackupWithoutAnyChangeReachesBackToItsTables() {
		this.backup.make();
		this.backup.restore((database) -> {
			database.execute("update virtual_time set now = statement_timestamp()");
			note(database);
			assertThat(database.queryForObject(
					"select since between statement_timestamp() - interval '3 days' and statement_timestamp() from restore",
					Boolean.class))
				.isTrue();
		});
	}

	@Test
	void noteIsRefusedWhileReplicasAreConnected() {
		this.engine.start(NewRuns.any());
		JdbcTemplate live = new JdbcTemplate(this.connections);
		assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> note(live))
			.havingRootCause()
			.withMessageContaining("Stop all of them first");
		assertThat(this.time.jdbc().sql("select count(*) from restore").query(Integer.class).single()).isZero();
	}

	@Test
	void noteIsRefusedWhereTheBackupIsOfTheFuture() {
		this.engine.start(NewRuns.any());
		this.backup.make();
		this.backup.restore((database) -> {
			database.execute("update virtual_time set now = now - interval '1 hour'");
			assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> note(database))
				.havingRootCause()
				.withMessageContaining("is in the future");
		});
	}

	private void restoredAnywhere(RunKind kind, Ending ending, BiConsumer<CrashingService, NewRun> story) {
		begun++;
		NewRun undisturbed = begins(kind, ending);
		story.accept(new CrashingService(this.points, this.processes, List.of()), undisturbed);
		this.points.end();
		RunsEnd expected = RunsEnd.of(this.time.jdbc(), this.runs, this.simulator);
		int last = this.points.passed();
		int every = Math.max(last / POINTS, 1);
		for (int point = 1 + this.random.nextInt(every); point <= last; point += every) {
			for (int i = 0; i < TIMES; i++) {
				Duration later = (restored % 2 == 0) ? AN_HOUR : TWO_DAYS;
				NewRun asked = begins(kind, ending);
				restoredAt(point, later, (service) -> story.accept(service, asked));
				assertEndsLike(expected, "Restored to point %d of %d after %s".formatted(point, last, later));
				restored++;
			}
		}
		held++;
	}

	private NewRun begins(RunKind kind, Ending ending) {
		TestPostgres.empty(this.time.jdbc());
		this.simulator.reset();
		this.simulator.change((settings) -> settings.withTokenLifetime(TOKEN_LIFETIME));
		this.simulator.nextImage(ending);
		// The change before what is lost.
		this.time.jdbc()
			.sql("insert into audit_event (at, event, outcome, status) values (engine_now(), 'run.start', 'allowed', 202)")
			.update();
		return of(kind, NewRuns.withToken("restored"));
	}

	private void restoredAt(int point, Duration later, Consumer<CrashingService> story) {
		int[] started = { 0 };
		story.accept(new CrashingService(this.points, () -> {
			if (++started[0] == 2) {
				this.backup.make();
			}
			return this.processes.get();
		}, List.of(point)));
		this.points.end();
		this.time.pass(later);
		this.backup.restore((database) -> {
			setTime(database);
			note(database);
		});
		story.accept(new CrashingService(this.points, this.processes, List.of()));
		this.points.end();
	}

	// A run that was accepted after the backup is unknown. It cannot adopt a
	// configuration whose token AWS has forgotten.
	private void assertEndsLike(RunsEnd expected, String description) {
		RunsEnd end = RunsEnd.of(this.time.jdbc(), this.runs, this.simulator);
		for (Operation operation : List.of(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Operation.CREATE_IMAGE,
				Operation.DISTRIBUTE_IMAGE)) {
			assertThat(end.carriedOut(operation)).as("%s: %s", description, operation)
				.isEqualTo(expected.carriedOut(operation));
		}
		boolean refused = end.runs()
			.stream()
			.allMatch((run) -> "ResourceAlreadyExistsException".equals(run.outputs().failure()));
		assertThat(end.statuses()).as(description).isEqualTo(refused ? List.of(RunStatus.FAILED) : expected.statuses());
	}

	private void setTime(JdbcTemplate database) {
		database.update("update virtual_time set now = ?", Timestamp.from(this.time.instant()));
	}

	private static void note(JdbcTemplate database) {
		try {
			database.execute(Files.readString(Path.of("docs", "after-restore.sql")));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String rows(JdbcTemplate database) {
		return String.valueOf(database.queryForObject(
				"select jsonb_agg(to_jsonb(run)) || to_jsonb((select max(at) from restore)) from run", String.class));
	}

	private BooleanSupplier exists(String what) {
		return () -> this.time.jdbc()
			.sql("select exists (select from %s)".formatted(what))
			.query(Boolean.class)
			.single();
	}

}
