package dev.distributeimage.run.queue;

import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.Intercepted.Call;
import dev.distributeimage.InterceptedDataSource;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@DatabaseTest
@NullUnmarked
class LowWaterMarksTests {

	private final LowWaterMarks marks = new LowWaterMarks(System::nanoTime);

	private final RunQueue queue;

	private final RunStarts starts;

	private final JdbcClient jdbc;

	LowWaterMarksTests(@Autowired RunQueue queue, @Autowired RunStarts starts, @Autowired JdbcClient jdbc) {
		TestPostgres.empty(jdbc);
		this.queue = queue;
		this.starts = starts;
		this.jdbc = jdbc;
		new VirtualTime(jdbc);
	}

	@Test
	void fullScanFindsARunThatHasBeenDueForYears() {
		Instant longAgo = VirtualTime.START.minus(Duration.ofDays(3_650));
		dueAt(start(), longAgo);
		this.marks.refresh(this.queue);
		assertThat(this.marks.anyDue()).isTrue();
		assertThat(this.marks.of("eu-west-1"::equals)).extracting(LowWaterMark::since).containsExactly(longAgo);
	}

	@Test
	void nextClaimBeginsWhereTheLastOneEnded() {
		dueAt(start(), VirtualTime.START.minusSeconds(2));
		dueAt(start(), VirtualTime.START.minusSeconds(1));
		this.marks.refresh(this.queue);
		this.marks.raise(this.queue.claim(2, 2, Duration.ofMinutes(1), this.marks.of("eu-west-1"::equals)));
		assertThat(this.marks.of("eu-west-1"::equals)).extracting(LowWaterMark::since)
			.containsExactly(VirtualTime.START.minusSeconds(1));
	}

	@Test
	void fullScanThatTimesOutContinuesFromTheLastMarks(@Autowired DataSource dataSource, @Autowired RunRow row,
			@Autowired RunRegions regions) {
		UUID longAgo = start();
		dueAt(start(), VirtualTime.START);
		RunQueue slow = new RunQueue(JdbcClient.create(new FullScanTimeouts(dataSource)), row, regions);
		dueAt(longAgo, VirtualTime.START.minus(Duration.ofDays(1)));
		this.marks.refresh(slow);
		assertThat(this.marks.of("eu-west-1"::equals)).extracting(LowWaterMark::since)
			.containsExactly(VirtualTime.START);
	}

	/** Cancels the full scan, as PostgreSQL does after a timeout. */
	private static final class FullScanTimeouts extends InterceptedDataSource {

		FullScanTimeouts(DataSource target) {
			super(target);
		}

		@Override
		protected @Nullable Object executed(Call execution) throws Throwable {
			if (String.valueOf(execution.target()).contains("next_attempt_at is not null")) {
				throw new SQLException("canceling statement due to statement timeout", "57014");
			}
			return execution.make();
		}

	}

	private UUID start() {
		return ((StartResult.Started) this.starts.start(NewRuns.any(), NewRuns.ANYBODY, null)).run().id();
	}

	private void dueAt(UUID id, Instant time) {
		this.jdbc.sql("update run set next_attempt_at = :time where id = :id")
			.param("time", Timestamp.from(time))
			.param("id", id)
			.update();
	}

}
