package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.run.LosingDataSource;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.view.RunSnapshots;
import dev.distributeimage.trace.Traces;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests that there is no change without its record, and no record without its change. */
@DatabaseTest
class AuditedChangesTests {

	private static final String REFUSED = "alter table %s add constraint refused check (false) not valid";

	private final RunStarts starts;

	private final RunCancellation cancellation;

	private final RunRetry retry;

	private final JdbcClient jdbc;

	AuditedChangesTests(@Autowired RunStarts starts, @Autowired RunCancellation cancellation, @Autowired RunRetry retry,
			@Autowired JdbcClient jdbc) {
		TestPostgres.empty(jdbc);
		this.starts = starts;
		this.cancellation = cancellation;
		this.retry = retry;
		this.jdbc = jdbc;
	}

	@AfterEach
	void allow() {
		List.of("run", "run_event", "audit_event")
			.forEach((table) -> this.jdbc.sql("alter table %s drop constraint if exists refused".formatted(table))
				.update());
	}

	private void refuse(String table) {
		this.jdbc.sql(REFUSED.formatted(table)).update();
	}

	@ParameterizedTest
	@ValueSource(strings = { "run", "run_event", "audit_event" })
	void startIsStoredWithItsRecordOrNotAtAll(String table) {
		refuse(table);
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> this.starts.start(NewRuns.any(), NewRuns.ANYBODY, null));
		assertThat(count("run") + count("run_input") + count("run_event") + count("audit_event")).isZero();
		allow();
		UUID run = started();
		assertThat(events()).containsExactly("run.start " + run);
	}

	@ParameterizedTest
	@ValueSource(strings = { "run", "run_event", "audit_event" })
	void cancelIsStoredWithItsRecordOrNotAtAll(String table) {
		UUID run = started();
		refuse(table);
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> this.cancellation.request(run, NewRuns.ANYBODY));
		assertThat(count("run where cancel_requested_at is not null") + count("run_event where sequence > 2")).isZero();
		assertThat(events()).containsExactly("run.start " + run);
		allow();
		this.cancellation.request(run, NewRuns.ANYBODY);
		assertThat(events()).containsExactly("run.start " + run, "run.cancel " + run);
	}

	@ParameterizedTest
	@ValueSource(strings = { "run", "run_event", "audit_event" })
	void retryIsStoredWithItsRecordOrNotAtAll(String table) {
		UUID run = started();
		end();
		refuse(table);
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> this.retry.request(run, NewRuns.ANYBODY, null));
		assertThat(count("run where status = 'RUNNING'") + count("run_event where sequence > 2")).isZero();
		assertThat(events()).containsExactly("run.start " + run);
		allow();
		this.retry.request(run, NewRuns.ANYBODY, null);
		assertThat(events()).containsExactly("run.start " + run, "run.retry " + run);
	}

	@Test
	void repeatWithoutAChangeHasNoRecord() {
		UUID run = ((StartResult.Started) this.starts.start(NewRuns.withToken("t"), NewRuns.ANYBODY, null)).run().id();
		assertThat(this.starts.start(NewRuns.withToken("t"), NewRuns.ANYBODY, null))
			.isInstanceOf(StartResult.Known.class);
		this.cancellation.request(run, NewRuns.ANYBODY);
		this.cancellation.request(run, NewRuns.ANYBODY);
		this.retry.request(run, NewRuns.ANYBODY, null);
		assertThat(events()).containsExactly("run.start " + run, "run.cancel " + run);
	}

	@Test
	void startWhoseAnswerWasLostHasOneRecord(@Autowired DataSource database, @Autowired JsonMapper json,
			@Autowired RunSnapshots snapshots) {
		JdbcClient losing = JdbcClient.create(new LosingDataSource(database, 1));
		RunStarts unlucky = new RunStarts(new RunInserts(losing, json, snapshots, Runnable::run),
				new TakenNames(losing), new RunSettings(Duration.ofHours(1)), (event) -> {
				}, new IntakeMetrics(new SimpleMeterRegistry()), Traces.off());
		UUID run = ((StartResult.Started) unlucky.start(NewRuns.any(), NewRuns.ANYBODY, null)).run().id();
		assertThat(events()).containsExactly("run.start " + run);
	}

	@Test
	void startsOfOneStatementHaveARecordEach() throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(20);
		try {
			callers.invokeAll(IntStream.range(0, 200)
				.<Callable<StartResult>>mapToObj(
						(i) -> () -> this.starts.start(NewRuns.withToken("t-" + i % 150), NewRuns.ANYBODY, null))
				.toList());
		}
		finally {
			callers.shutdownNow();
		}
		assertThat(count("run")).isEqualTo(150);
		assertThat(events()).hasSize(150);
		assertThat(count("run join run_input on run_id = id join audit_event on run = id and at = run.created_at "
				+ "and audit_event.distribution_name = run_input.distribution_name"))
			.isEqualTo(150);
	}

	private UUID started() {
		return ((StartResult.Started) this.starts.start(NewRuns.any(), NewRuns.ANYBODY, null)).run().id();
	}

	private void end() {
		this.jdbc.sql("update run set status = 'FAILED', next_attempt_at = null, finished_at = engine_now()").update();
	}

	private long count(String rows) {
		return this.jdbc.sql("select count(*) from " + rows).query(Long.class).single();
	}

	private List<String> events() {
		return this.jdbc.sql("select event || ' ' || run from audit_event order by number").query(String.class).list();
	}

}
