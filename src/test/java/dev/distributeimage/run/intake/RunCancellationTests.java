package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.UUID;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.Intercepted.Call;
import dev.distributeimage.InterceptedDataSource;
import dev.distributeimage.run.LosingDataSource;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.queue.RunStore;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@DatabaseTest
class RunCancellationTests {

	private static final RunSettings SETTINGS = new RunSettings(Duration.ofHours(12));

	private final DataSource dataSource;

	private final RunStore store;

	private final RunSnapshots snapshots;

	private final UUID run;

	RunCancellationTests(@Autowired DataSource dataSource, @Autowired RunStore store, @Autowired RunSnapshots snapshots,
			@Autowired RunStarts starts) {
		this.dataSource = dataSource;
		this.store = store;
		this.snapshots = snapshots;
		this.run = ((StartResult.Started) starts.start(NewRuns.any(), NewRuns.ANYBODY, null)).run().id();
	}

	@Test
	void cancelWhoseAnswerWasLostIsUnknownAndStored() {
		RunCancellation unlucky = cancellation(new LosingDataSource(this.dataSource, 1));
		assertThatExceptionOfType(OutcomeUnknownException.class)
			.isThrownBy(() -> unlucky.request(this.run, NewRuns.ANYBODY));
		assertThat(stored().cancelRequestedAt()).isNotNull();
	}

	@Test
	void cancelThatMeetsARetryIsStored(@Autowired JdbcClient jdbc, @Autowired RunRetry retry) {
		jdbc.sql("update run set status = 'FAILED', next_attempt_at = null, finished_at = now() where id = :id")
			.param("id", this.run)
			.update();
		// The request finds an ended run, and the read after it finds the run running
		// again.
		RunCancellation late = cancellation(
				new AfterTheNote(this.dataSource, () -> retry.request(this.run, NewRuns.ANYBODY, null)));
		assertThat(late.request(this.run, NewRuns.ANYBODY)).get().isInstanceOf(CancelResult.Requested.class);
		assertThat(stored().cancelRequestedAt()).isNotNull();
	}

	private RunCancellation cancellation(DataSource database) {
		return new RunCancellation(JdbcClient.create(database), JsonMapper.shared(), this.store, this.snapshots,
				SETTINGS, (event) -> {
				}, new IntakeMetrics(new SimpleMeterRegistry()));
	}

	private RunSnapshot stored() {
		return this.snapshots.findById(this.run).orElseThrow();
	}

	/** Inserts a retry after the first statement of a cancel. */
	private static final class AfterTheNote extends InterceptedDataSource {

		private final Runnable retry;

		private boolean retried;

		AfterTheNote(DataSource target, Runnable retry) {
			super(target);
			this.retry = retry;
		}

		@Override
		protected @Nullable Object executed(Call execution) throws Throwable {
			Object result = execution.make();
			if (!this.retried) {
				this.retried = true;
				this.retry.run();
			}
			return result;
		}

	}

}
