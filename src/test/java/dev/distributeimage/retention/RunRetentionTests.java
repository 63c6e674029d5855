package dev.distributeimage.retention;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.VirtualTime;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Tests when runs are removed, how many at once, and by whom. */
@DatabaseTest
class RunRetentionTests {

	private final JdbcClient jdbc;

	private final VirtualTime time;

	private final Removals replica;

	RunRetentionTests(@Autowired JdbcClient jdbc) {
		TestPostgres.empty(jdbc);
		this.jdbc = jdbc;
		this.time = new VirtualTime(jdbc);
		this.replica = new Removals(jdbc);
	}

	@Test
	void runsGoInPortionsOfFifty() {
		ended(120, Removals.KEEP.plusSeconds(1));
		List<Integer> portions = new ArrayList<>();
		Removals watched = new Removals(new RunRemoval(this.jdbc) {
			@Override
			Removed remove(@Nullable Duration keep, int most, @Nullable Instant last) {
				Removed removed = super.remove(keep, most, last);
				portions.add(removed.runs());
				return removed;
			}
		}, Removals.KEEP);
		assertThat(watched.look()).isEqualTo(120);
		assertThat(portions).containsExactly(50, 50, 20);
		assertThat(rows("run")).isZero();
	}

	@Test
	void runsThatEndedFirstGoFirst() {
		ended(30, Removals.KEEP.plusDays(1));
		ended(50, Removals.KEEP.plusDays(2));
		assertThat(Removals.portion(this.jdbc)).isEqualTo(50);
		assertThat(this.jdbc.sql("select count(*) from run where finished_at < :before")
			.param("before", this.time.instant().minus(Removals.KEEP.plusDays(1).plusHours(1)).atOffset(ZoneOffset.UTC))
			.query(Integer.class)
			.single()).isZero();
	}

	@Test
	void replicaLooksAtItsStartIfItHasThePoller(@Autowired RunRetention retention) {
		ended(3, Removals.KEEP.plusSeconds(1));
		assertThat(retention.isAutoStartup()).as("the poller is off").isFalse();
		retention.start();
		try {
			Awaitility.await().until(() -> rows("run_removed") == 3);
			assertThat(retention.isRunning()).isTrue();
		}
		finally {
			retention.stop();
		}
		assertThat(retention.isRunning()).isFalse();
	}

	@Test
	void runsInFlightAndYoungOnesStay() {
		ended(10, Removals.KEEP.plusSeconds(1));
		ended(10, Removals.KEEP);
		this.jdbc
			.sql("""
					update run set status = 'RUNNING', next_attempt_at = finished_at, finished_at = null, final_status = null
					where number in (select number from run order by number limit 5)""")
			.update();
		assertThat(this.replica.look()).isEqualTo(5);
		assertThat(rows("run")).isEqualTo(15);
		assertThat(rows("run_input")).isEqualTo(15);
	}

	@Test
	void zeroKeepsRunsAndStillFreesTokens() {
		ended(10, Removals.KEEP.plusSeconds(1));
		this.replica.look();
		ended(10, Duration.ofDays(10_000));
		this.time.pass(RunRemoval.TOKEN_KEPT);
		assertThat(new Removals(this.jdbc, Duration.ZERO).look()).isZero();
		assertThat(rows("run")).isEqualTo(10);
		assertThat(rows("run_removed")).isZero();
	}

	@Test
	void tokensStayForSevenDays() {
		ended(3, Removals.KEEP.plusSeconds(1));
		this.replica.look();
		this.time.pass(RunRemoval.TOKEN_KEPT.minusSeconds(1));
		this.replica.look();
		assertThat(rows("run_removed")).isEqualTo(3);
		this.time.pass(Duration.ofSeconds(1));
		this.replica.look();
		assertThat(rows("run_removed")).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT-1S", "PT1S", "PT23H59M59S" })
	void lessThanADayRefusesToStart(Duration keep) {
		assertThatIllegalArgumentException().isThrownBy(() -> new RetentionSettings(keep))
			.withMessageContaining("distribute-image.retention.ended-runs must be at least 1d, or 0");
	}

	// The statement is one: rows of all tables, or of none.
	@Test
	void replicaThatDiesWithinAPortionHasRemovedNothing(@Autowired DataSource dataSource) throws SQLException {
		ended(60, Removals.KEEP.plusSeconds(1));
		try (Connection killed = dataSource.getConnection()) {
			killed.setAutoCommit(false);
			assertThat(Removals.within(killed)).isEqualTo(50);
			killed.rollback();
			killed.setAutoCommit(true);
		}
		assertThat(List.of(rows("run"), rows("run_input"), rows("run_event"), rows("run_term"), rows("run_removed")))
			.containsExactly(60, 60, 120, 120, 0);
	}

	@Test
	void anotherReplicaGoesOnWhereOneHasDied() {
		ended(60, Removals.KEEP.plusSeconds(1));
		Removals.portion(this.jdbc);
		assertThat(this.replica.look()).as("the other may only be pausing").isZero();
		this.time.pass(Duration.ofMinutes(1));
		assertThat(this.replica.look()).isEqualTo(10);
		assertThat(List.of(rows("run"), rows("run_input"), rows("run_event"), rows("run_term"), rows("run_removed")))
			.containsExactly(0, 0, 0, 0, 60);
	}

	@Test
	void replicasDoNotWaitForEachOther(@Autowired DataSource dataSource) throws SQLException {
		ended(100, Removals.KEEP.plusSeconds(1));
		try (Connection busy = dataSource.getConnection()) {
			busy.setAutoCommit(false);
			Removals.within(busy);
			assertThat(this.replica.look()).isZero();
			busy.commit();
			busy.setAutoCommit(true);
		}
		assertThat(rows("run")).isEqualTo(50);
	}

	@Test
	void oneReplicaKeepsAtIt() {
		Removals other = new Removals(this.jdbc);
		for (int minute = 0; minute < 3; minute++) {
			ended(5, Removals.KEEP.plusSeconds(1));
			assertThat(this.replica.look()).isEqualTo(5);
			ended(5, Removals.KEEP.plusSeconds(1));
			assertThat(other.look()).isZero();
			assertThat(this.replica.look()).isEqualTo(5);
			this.time.pass(Duration.ofSeconds(59));
		}
	}

	@Test
	void portionThatTakesTooLongIsHalved() {
		ended(70, Removals.KEEP.plusSeconds(1));
		List<Integer> asked = new ArrayList<>();
		Removals slow = new Removals(removalOfAtMost(10, asked), Removals.KEEP);
		assertThat(slow.look()).isEqualTo(70);
		assertThat(asked).startsWith(50, 25, 12, 6, 12, 6).doesNotContain(0);
	}

	@Test
	void runThatCannotBeRemovedIsAFailure() {
		ended(1, Removals.KEEP.plusSeconds(1));
		Removals slow = new Removals(removalOfAtMost(0, new ArrayList<>()), Removals.KEEP);
		assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(slow::look);
	}

	/** Fails as PostgreSQL does when it cancels a statement that takes too long. */
	private RunRemoval removalOfAtMost(int runs, List<Integer> asked) {
		return new RunRemoval(this.jdbc) {
			@Override
			Removed remove(@Nullable Duration keep, int most, @Nullable Instant last) {
				asked.add(most);
				if (most > runs) {
					throw new QueryTimeoutException("slow", new SQLException("canceling statement", "57014"));
				}
				return super.remove(keep, most, last);
			}
		};
	}

	@Test
	void noTableIsScanned() {
		ended(5_000, Removals.KEEP.plusSeconds(1));
		this.replica.look();
		ended(5_000, Removals.KEEP.plusSeconds(1));
		this.jdbc.sql("""
				insert into leftover (run_id, kind, reason, region, account, resource)
				select id, 'ami', 'superseded', region, account, 'ami-' || number from run""").update();
		this.jdbc.sql("analyze").update();
		List<String> plan = this.jdbc.sql("explain " + RunRemoval.REMOVE.formatted(RunRetention.LARGEST_PORTION))
			.param("keep", "PT2160H")
			.param("last", null)
			.param("tokenKept", "PT168H")
			.query(String.class)
			.list();
		assertThat(plan).noneMatch((line) -> line.contains("Seq Scan"))
			.anyMatch((line) -> line.contains("run_finished"));
	}

	// The plan of a start is kept, and must be right for the next removals.
	@Test
	void removedRunIsFoundByTheIndexAfterAllHaveGone() {
		this.jdbc.sql("""
				insert into run_removed (client_token, token_kept_until)
				select gen_random_uuid(), engine_now() from generate_series(1, 20000)""").update();
		this.jdbc.sql("delete from run_removed").update();
		this.jdbc.sql("vacuum analyze run_removed").update();
		assertThat(this.jdbc.sql("""
				explain select true from run_removed where client_token = 'a' and token_kept_until > engine_now()""")
			.query(String.class)
			.list()).noneMatch((line) -> line.contains("Seq Scan"));
	}

	private int rows(String table) {
		return this.jdbc.sql("select count(*) from " + table).query(Integer.class).single();
	}

	/** Stores runs that ended this long ago, each with two events and two terms. */
	private void ended(int runs, Duration ago) {
		this.jdbc
			.sql("""
					with asked as (
					  insert into run_input (run_id, created_at, distribution_name, distributions, image_recipe_arn,
					    infrastructure_configuration_arn, client_token, distribution_configuration_arn_expected, labels, weight)
					  select gen_random_uuid(), engine_now(), 'web', '[]', 'r', 'i', gen_random_uuid(), 'd', '{}', 1
					  from generate_series(1, :runs)
					  returning run_id, number
					), stored as (
					  insert into run (id, number, region, account, status, finished_at, deadline, last_event, created_at,
					    create_distribution_configuration_token, create_image_token, updated_at)
					  select run_id, number, 'eu-west-1', '123456789012', 'FAILED', engine_now() - cast(:ago as interval),
					    engine_now(), 2, engine_now(), '', '', engine_now() from asked
					), terms as (
					  insert into run_term (term, number) select term, number from asked, (values ('a'), ('b')) one (term)
					)
					insert into run_event (number, sequence, at, type, step, detail)
					select number, sequence, engine_now(), 'ACCEPTED', 'createImage', '{}' from asked, generate_series(1, 2) sequence""")
			.param("runs", runs)
			.param("ago", ago.toString())
			.update();
	}

}
