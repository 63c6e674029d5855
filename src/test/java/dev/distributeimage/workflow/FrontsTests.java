package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.run.Claim;
import dev.distributeimage.run.Front;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunIntake;
import dev.distributeimage.run.RunQueue;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@DatabaseTest
@NullUnmarked
class FrontsTests {

	private final Fronts fronts = new Fronts();

	private final RunQueue queue;

	private final RunIntake intake;

	private final JdbcClient jdbc;

	FrontsTests(@Autowired RunQueue queue, @Autowired RunIntake intake, @Autowired JdbcClient jdbc) {
		jdbc.sql("truncate run cascade").update();
		this.queue = queue;
		this.intake = intake;
		this.jdbc = jdbc;
		new VirtualTime(jdbc);
	}

	@Test
	void firstLookShowsWhatHasBeenDueForYears() {
		Instant longAgo = VirtualTime.START.minus(Duration.ofDays(3_650));
		this.intake.take(NewRuns.any());
		this.jdbc.sql("update run set next_attempt_at = :time")
			.param("time", java.sql.Timestamp.from(longAgo))
			.update();
		this.fronts.look(this.queue);
		assertThat(this.fronts.areDue()).isTrue();
		assertThat(this.fronts.of("eu-west-1")).extracting(Front::since).containsExactly(longAgo);
	}

	@Test
	void nextClaimBeginsWhereTheOneBeforeEnded() {
		this.intake.take(NewRuns.any());
		this.fronts.look(this.queue);
		Claim claim = this.fronts.passed(this.queue.claim(1, 1, Duration.ofMinutes(1), this.fronts.of("eu-west-1")))
			.get(0);
		assertThat(this.fronts.of("eu-west-1")).extracting(Front::since).containsExactly(claim.run().dueAt());
	}

}
