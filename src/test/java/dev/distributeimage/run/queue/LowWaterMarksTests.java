package dev.distributeimage.run.queue;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.intake.RunStarts;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@DatabaseTest
@NullUnmarked
class LowWaterMarksTests {

	private final LowWaterMarks fronts = new LowWaterMarks();

	private final RunQueue queue;

	private final RunStarts intake;

	private final JdbcClient jdbc;

	LowWaterMarksTests(@Autowired RunQueue queue, @Autowired RunStarts intake, @Autowired JdbcClient jdbc) {
		jdbc.sql("truncate run, run_input, run_event, run_term").update();
		this.queue = queue;
		this.intake = intake;
		this.jdbc = jdbc;
		new VirtualTime(jdbc);
	}

	@Test
	void firstLookShowsWhatHasBeenDueForYears() {
		Instant longAgo = VirtualTime.START.minus(Duration.ofDays(3_650));
		dueAt(start(), longAgo);
		this.fronts.look(this.queue);
		assertThat(this.fronts.areDue()).isTrue();
		assertThat(this.fronts.of("eu-west-1")).extracting(LowWaterMark::since).containsExactly(longAgo);
	}

	@Test
	void nextClaimBeginsWhereTheOneBeforeEnded() {
		dueAt(start(), VirtualTime.START.minusSeconds(2));
		dueAt(start(), VirtualTime.START.minusSeconds(1));
		this.fronts.look(this.queue);
		this.fronts.passed(this.queue.claim(2, 2, Duration.ofMinutes(1), this.fronts.of("eu-west-1")));
		assertThat(this.fronts.of("eu-west-1")).extracting(LowWaterMark::since)
			.containsExactly(VirtualTime.START.minusSeconds(1));
	}

	private UUID start() {
		return ((StartResult.Accepted) this.intake.take(NewRuns.any())).run().run().id();
	}

	private void dueAt(UUID id, Instant time) {
		this.jdbc.sql("update run set next_attempt_at = :time where id = :id")
			.param("time", Timestamp.from(time))
			.param("id", id)
			.update();
	}

}
