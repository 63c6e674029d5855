package dev.distributeimage.api.watch;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
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

@DatabaseTest
class RunWatcherTests {

	private static final WatchSettings SETTINGS = new WatchSettings(Duration.ofMinutes(1), Duration.ofMinutes(1));

	private final JdbcClient jdbc;

	private final RunSnapshot run;

	private final RunWaits waits;

	private final RunWatcher watcher;

	RunWatcherTests(@Autowired JdbcClient jdbc, @Autowired RunStarts starts, @Autowired RunSnapshots runs) {
		TestPostgres.empty(jdbc);
		this.jdbc = jdbc;
		this.run = ((StartResult.Started) starts.start(NewRuns.any())).run();
		this.waits = new RunWaits(runs);
		this.watcher = new RunWatcher(runs, List.of(this.waits), SETTINGS);
	}

	@Test
	void stopAnswersAtOnceWithTheRunAsItIs() {
		this.watcher.start();
		DeferredResult<ResponseEntity<Object>> before = begin(this.run);
		stepBegun();
		this.watcher.stop();
		assertThat(answer(before)).isEqualTo(StepId.CREATE_IMAGE);
		assertThat(answer(begin(this.run))).isEqualTo(this.run.step());
		assertThat(this.watcher.isRunning()).isFalse();
	}

	@Test
	void waitThatIsOverAlreadyIsAnsweredAtOnce() {
		DeferredResult<ResponseEntity<Object>> over = this.waits
			.begin(new RunWaits.Wait(this.run, Duration.ofMinutes(1), (progress) -> true, RunWatcherTests::response));
		assertThat(answer(over)).isEqualTo(this.run.step());
		assertThat(this.waits.count()).isZero();
	}

	@Test
	void runThatIsGoneIsAnsweredAsItWas() {
		DeferredResult<ResponseEntity<Object>> waiting = begin(this.run);
		this.jdbc.sql("delete from run").update();
		this.watcher.tick();
		assertThat(answer(waiting)).isEqualTo(this.run.step());
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
		DeferredResult<ResponseEntity<Object>> waiting = begin(this.run, Duration.ZERO);
		new RunWatcher(runs, List.of(failing, this.waits), SETTINGS).tick();
		assertThat(answer(waiting)).isEqualTo(this.run.step());
	}

	private DeferredResult<ResponseEntity<Object>> begin(RunSnapshot known) {
		return begin(known, Duration.ofMinutes(1));
	}

	private DeferredResult<ResponseEntity<Object>> begin(RunSnapshot known, Duration longest) {
		return this.waits.begin(new RunWaits.Wait(known, longest, (progress) -> false, RunWatcherTests::response));
	}

	private static ResponseEntity<Object> response(RunSnapshot run) {
		return ResponseEntity.ok(run.step());
	}

	private static @Nullable Object answer(DeferredResult<ResponseEntity<Object>> result) {
		return (result.getResult() instanceof ResponseEntity<?> answer) ? answer.getBody() : null;
	}

}
