package dev.distributeimage.workflow.pace;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import dev.distributeimage.run.Run;
import dev.distributeimage.run.queue.Claims;
import dev.distributeimage.run.view.EarlierBuild;
import dev.distributeimage.run.view.EarlierBuild.Seen;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThat;

class ExpectationsTests {

	private static final Instant BEGIN = Instant.parse("2026-09-03T05:44:21.121Z");

	private static final EarlierBuild BUILD = new EarlierBuild(
			List.of(new Seen("BUILDING", BEGIN), new Seen("AVAILABLE", BEGIN.plusSeconds(600))));

	private final AtomicLong now = new AtomicLong();

	private final List<UUID> reads = new ArrayList<>();

	private final Expectations expectations = new Expectations(this::read, this.now::get, 2);

	private List<EarlierBuild> builds = Collections.nCopies(3, BUILD);

	private boolean databaseAway;

	private List<EarlierBuild> read(UUID run) {
		this.reads.add(run);
		if (this.databaseAway) {
			throw new DataAccessResourceFailureException("away");
		}
		return this.builds;
	}

	@Test
	void recipeIsReadOnceForAllItsVersionsAndPolls() {
		Run run = Claims.polling("web").run();
		assertThat(isExpected(run)).isTrue();
		assertThat(isExpected(run)).isTrue();
		assertThat(isExpected(Claims.polling("web").run())).isTrue();
		assertThat(this.reads).containsExactly(run.id());
	}

	@Test
	void recipeWithoutAHistoryIsReadNoMoreOften() {
		this.builds = List.of();
		assertThat(isExpected(Claims.polling("web").run())).isFalse();
		assertThat(isExpected(Claims.polling("web").run())).isFalse();
		assertThat(this.reads).hasSize(1);
	}

	@Test
	void recipeIsReadAgainAfterAWhile() {
		this.builds = List.of();
		assertThat(isExpected(Claims.polling("web").run())).isFalse();
		this.builds = Collections.nCopies(3, BUILD);
		pass(Expectations.KEPT_FOR.minusNanos(1));
		assertThat(isExpected(Claims.polling("web").run())).isFalse();
		pass(Duration.ofNanos(1));
		assertThat(isExpected(Claims.polling("web").run())).isTrue();
	}

	@Test
	void fullCacheKeepsItsRecipesAndReadsNoOthers() {
		for (int i = 0; i < 100; i++) {
			assertThat(isExpected(Claims.polling("recipe-" + (i % 10)).run())).isEqualTo(i % 10 < 2);
		}
		assertThat(this.reads).hasSize(2);
		pass(Expectations.KEPT_FOR);
		assertThat(isExpected(Claims.polling("recipe-8").run())).isTrue();
		assertThat(isExpected(Claims.polling("recipe-9").run())).isTrue();
		assertThat(isExpected(Claims.polling("recipe-7").run())).isFalse();
		assertThat(this.reads).hasSize(4);
	}

	@Test
	void historyThatCannotBeReadIsNoHistory() {
		this.databaseAway = true;
		assertThat(isExpected(Claims.polling("web").run())).isFalse();
		assertThat(isExpected(Claims.polling("web").run())).isFalse();
		assertThat(this.reads).hasSize(1);
		this.databaseAway = false;
		pass(Expectations.KEPT_FOR);
		assertThat(isExpected(Claims.polling("web").run())).isTrue();
	}

	@Test
	void lastExpectationIsKeptWhileTheHistoryCannotBeRead() {
		assertThat(isExpected(Claims.polling("web").run())).isTrue();
		this.databaseAway = true;
		pass(Expectations.KEPT_FOR);
		assertThat(isExpected(Claims.polling("web").run())).isTrue();
		assertThat(this.reads).hasSize(2);
	}

	@Test
	void onlyOneReadsAtATime() {
		List<Boolean> meanwhile = new ArrayList<>();
		Expectations[] all = new Expectations[1];
		all[0] = new Expectations((run) -> {
			meanwhile.add(all[0].of(Claims.polling("other").run()).minLeft("BUILDING", Duration.ZERO).isPresent());
			return this.builds;
		}, this.now::get);
		assertThat(all[0].of(Claims.polling("web").run()).minLeft("BUILDING", Duration.ZERO)).isPresent();
		assertThat(meanwhile).containsExactly(false);
	}

	private boolean isExpected(Run run) {
		return this.expectations.of(run).minLeft("BUILDING", Duration.ZERO).isPresent();
	}

	private void pass(Duration duration) {
		this.now.addAndGet(duration.toNanos());
	}

}
