package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.UUID;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.Intercepted.Call;
import dev.distributeimage.InterceptedDataSource;
import dev.distributeimage.run.intake.RunCancellation.Answer;
import dev.distributeimage.run.intake.RunCancellation.Cancellation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import dev.distributeimage.run.LosingDataSource;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.view.Runs;

@DatabaseTest
class RunCancellationTests {

	private static final RunSettings SETTINGS = new RunSettings(Duration.ofHours(12));

	private final DataSource dataSource;

	private final Runs runs;

	private final UUID run;

	RunCancellationTests(@Autowired DataSource dataSource, @Autowired Runs runs, @Autowired RunStarts intake) {
		this.dataSource = dataSource;
		this.runs = runs;
		this.run = ((StartResult.Accepted) intake.take(NewRuns.any())).run().run().id();
	}

	@Test
	void cancelWhoseAnswerWasLostIsUnknownAndNoted() {
		RunCancellation unlucky = cancellation(new LosingDataSource(this.dataSource, 1));
		assertThatExceptionOfType(OutcomeUnknownException.class).isThrownBy(() -> unlucky.request(this.run));
		assertThat(stored().cancelRequestedAt()).isNotNull();
	}

	@Test
	void cancelThatMeetsARetryIsNoted(@Autowired JdbcClient jdbc, @Autowired RunRetry retry) {
		jdbc.sql("update run set status = 'FAILED', next_attempt_at = null, finished_at = now() where id = :id")
			.param("id", this.run)
			.update();
		RunCancellation late = cancellation(new RetryInBetween(this.dataSource, () -> retry.request(this.run)));
		assertThat(late.request(this.run).map(Cancellation::answer)).contains(Answer.REQUESTED);
		assertThat(stored().cancelRequestedAt()).isNotNull();
	}

	private RunCancellation cancellation(DataSource database) {
		return new RunCancellation(JdbcClient.create(database), this.runs, SETTINGS, (event) -> {
		});
	}

	private Run stored() {
		return this.runs.findStored(this.run).orElseThrow().run();
	}

	/** Lets a retry come before the second statement of a cancel. */
	private static final class RetryInBetween extends InterceptedDataSource {

		private final Runnable retry;

		private int statements;

		RetryInBetween(DataSource target, Runnable retry) {
			super(target);
			this.retry = retry;
		}

		@Override
		protected @Nullable Object executed(Call execution) throws Throwable {
			this.statements++;
			if (this.statements == 2) {
				this.retry.run();
			}
			return execution.make();
		}

	}

}
