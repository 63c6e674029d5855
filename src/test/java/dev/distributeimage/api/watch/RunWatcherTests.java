package dev.distributeimage.api.watch;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.view.RunSnapshots;
import dev.distributeimage.run.view.RunProgress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.DeferredResult;

import static org.assertj.core.api.Assertions.assertThat;

@DatabaseTest
class RunWatcherTests {

	private static final WatchSettings SETTINGS = new WatchSettings(Duration.ofMinutes(1), Duration.ofMinutes(1));

	private final UUID run;

	private final RunWaits waits;

	private final RunWatcher watcher;

	RunWatcherTests(@Autowired RunStarts intake, @Autowired RunSnapshots runs) {
		this.run = ((StartResult.Started) intake.start(NewRuns.any())).run().id();
		this.waits = new RunWaits(runs);
		this.watcher = new RunWatcher(runs, List.of(this.waits), SETTINGS);
	}

	@Test
	void stopAnswersAtOnceAsThingsStand() {
		this.watcher.start();
		DeferredResult<ResponseEntity<Object>> before = begin(this.run);
		this.watcher.stop();
		assertThat(answer(before)).isEqualTo("now RUNNING");
		assertThat(answer(begin(this.run))).isEqualTo("before");
		assertThat(this.watcher.isRunning()).isFalse();
	}

	@Test
	void runThatIsGoneIsAnsweredAsItWas() {
		DeferredResult<ResponseEntity<Object>> waiting = begin(UUID.randomUUID());
		this.watcher.tick();
		assertThat(answer(waiting)).isEqualTo("before");
	}

	@Test
	void waitsOutliveAFailure(@Autowired RunSnapshots runs) {
		RunListener failing = new RunListener() {

			@Override
			public void admitted() {
			}

			@Override
			public Set<UUID> runs() {
				throw new DataAccessResourceFailureException("The database is away");
			}

			@Override
			public void seen(Set<UUID> looked, Map<UUID, RunProgress> seen) {
			}

			@Override
			public void timePassed() {
				throw new StackOverflowError("Nobody foresaw this");
			}

			@Override
			public void dismissed() {
			}
		};
		DeferredResult<ResponseEntity<Object>> waiting = begin(this.run, Duration.ZERO);
		new RunWatcher(runs, List.of(failing, this.waits), SETTINGS).tick();
		assertThat(answer(waiting)).isEqualTo("now RUNNING");
	}

	private DeferredResult<ResponseEntity<Object>> begin(UUID id) {
		return begin(id, Duration.ofMinutes(1));
	}

	private DeferredResult<ResponseEntity<Object>> begin(UUID id, Duration longest) {
		return this.waits.begin(new RunWaits.Wait(id, longest, (state) -> false, ResponseEntity.ok("before"),
				(later) -> ResponseEntity.ok("now " + later.status())));
	}

	private static @Nullable Object answer(DeferredResult<ResponseEntity<Object>> result) {
		return (result.getResult() instanceof ResponseEntity<?> answer) ? answer.getBody() : null;
	}

}
