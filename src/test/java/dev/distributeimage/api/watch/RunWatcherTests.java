package dev.distributeimage.api.watch;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.limit.CallerLimits;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.wire.Shares;
import dev.distributeimage.api.wire.RefusedRequests;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.view.RunProgress;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.context.request.async.DeferredResult;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@DatabaseTest
class RunWatcherTests {

	private static final WatchSettings SETTINGS = new WatchSettings(Duration.ofMinutes(1), Duration.ofMinutes(1), 3);

	private final JdbcClient jdbc;

	private final RunSnapshot run;

	private final RunWaits waits;

	private final RunWatcher watcher;

	RunWatcherTests(@Autowired JdbcClient jdbc, @Autowired RunStarts starts, @Autowired RunSnapshots runs,
			@Autowired CallerLimits limits, @Autowired RefusedRequests refused) {
		TestPostgres.empty(jdbc);
		this.jdbc = jdbc;
		this.run = ((StartResult.Started) starts.start(NewRuns.any(), NewRuns.ANYBODY, null)).run();
		this.waits = new RunWaits(runs, new OpenRequests(SETTINGS, limits, refused, Clock.systemUTC()));
		this.watcher = new RunWatcher(runs, List.of(this.waits), SETTINGS);
	}

	@Test
	void stopAnswersAtOnceWithTheRunAsItIs() {
		this.watcher.start();
		DeferredResult<ResponseEntity<Object>> before = begin();
		stepBegun();
		this.watcher.stop();
		assertThat(answer(before)).isEqualTo(StepId.CREATE_IMAGE);
		assertThat(answer(begin())).isEqualTo(StepId.CREATE_IMAGE);
		assertThat(this.watcher.isRunning()).isFalse();
	}

	@Test
	void runThatIsGoneIsNotFound() {
		DeferredResult<ResponseEntity<Object>> waiting = begin();
		this.jdbc.sql("delete from run").update();
		this.watcher.tick();
		assertThat(waiting.getResult()).isInstanceOfSatisfying(ProblemException.class,
				(problem) -> assertThat(problem.type()).isEqualTo(ProblemType.NOT_FOUND));
	}

	@Test
	void waitsBeyondTheLimitAreNotBegun() {
		for (int i = 0; i < SETTINGS.openRequests(); i++) {
			begin();
		}
		assertThatExceptionOfType(ProblemException.class).isThrownBy(this::begin)
			.satisfies((problem) -> assertThat(problem.type()).isEqualTo(ProblemType.OVERLOADED));
		this.waits.stopped();
		assertThat(begin()).isNotNull();
	}

	private void stepBegun() {
		this.jdbc.sql("update run set step = 'createImage', distribution_configuration_arn = 'arn:d'").update();
	}

	@Test
	void waitsOutliveAFailure(@Autowired RunSnapshots runs) {
		RunListener failing = new RunListener() {

			@Override
			public void started() {
			}

			@Override
			public Set<UUID> runs() {
				throw new DataAccessResourceFailureException("The database is away");
			}

			@Override
			public void progress(Set<UUID> asked, Map<UUID, RunProgress> found) {
			}

			@Override
			public void tick() {
				throw new StackOverflowError("Nobody foresaw this");
			}

			@Override
			public void stopped() {
			}
		};
		DeferredResult<ResponseEntity<Object>> waiting = begin(Duration.ZERO);
		new RunWatcher(runs, List.of(failing, this.waits), SETTINGS).tick();
		assertThat(answer(waiting)).isEqualTo(this.run.step());
	}

	private DeferredResult<ResponseEntity<Object>> begin() {
		return begin(Duration.ofMinutes(1));
	}

	private DeferredResult<ResponseEntity<Object>> begin(Duration longest) {
		return this.waits.begin(wait(longest), Caller.ANONYMOUS);
	}

	private RunWaits.Wait wait(Duration longest) {
		return new RunWaits.Wait(this.run.id(), this.run.weight(), Shares.one(), longest, (progress) -> false,
				new Step());
	}

	private static @Nullable Object answer(DeferredResult<ResponseEntity<Object>> result) {
		return (result.getResult() instanceof ResponseEntity<?> answer) ? answer.getBody() : null;
	}

	/** Shows a run's step. */
	private static final class Step implements RunWaits.WaitResponse {

		@Override
		public ResponseEntity<Object> of(RunSnapshot run) {
			return ResponseEntity.ok(run.step());
		}

		@Override
		public RuntimeException failed(RuntimeException cause) {
			return cause;
		}

	}

}
