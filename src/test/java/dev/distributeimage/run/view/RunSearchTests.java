package dev.distributeimage.run.view;

import dev.distributeimage.run.Term;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import jakarta.persistence.EntityManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.queue.Plan;

@DatabaseTest
class RunSearchTests {

	private static final int RUNS = 20_000;

	/** Of the list, of what was leapt to, of what is left of both. */
	private static final int ROWS_PER_RUN = 6;

	private final JdbcClient jdbc;

	private final RunSearch search;

	private final TransactionTemplate transaction;

	RunSearchTests(@Autowired JdbcClient jdbc, @Autowired RunSearch search,
			@Autowired TransactionTemplate transaction) {
		jdbc.sql("truncate run, run_input, run_event, run_term").update();
		this.jdbc = jdbc;
		this.search = search;
		this.transaction = transaction;
	}

	@Test
	void everyFilterReadsNoMoreThanItsPages() {
		manyRuns();
		for (Term facet : List.of(new Term("step", "createDistributionConfiguration"),
				new Term("distributionName", "web"), new Term("region", "eu-west-1"),
				new Term("imageRecipeArn", "arn:recipe"), new Term("label", "team"),
				new Term("label", "team:platform"))) {
			for (Set<RunStatus> statuses : List.of(Set.<RunStatus>of(), Set.of(RunStatus.RUNNING))) {
				assertThat(rowsRead(new RunFilter(statuses, List.of(facet), null, null))).as(facet.toString())
					.isBetween(51L, 51L * ROWS_PER_RUN);
			}
		}
		assertThat(rowsRead(new RunFilter(Set.of(), List.of(), null, null))).isBetween(51L, 51L * ROWS_PER_RUN);
		Instant middle = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(10 * RUNS / 2);
		assertThat(rowsRead(new RunFilter(Set.of(), List.of(), middle, null))).isLessThan(500);
		assertThat(rowsRead(new RunFilter(Set.of(), List.of(), null, middle))).isLessThan(500);
		assertThat(this.search.page(new RunFilter(Set.of(), List.of(), null, middle), Long.MAX_VALUE, 1)
			.get(0)
			.createdAt()).isEqualTo(middle.minusSeconds(10));
	}

	@Test
	void whatIsInOneListOnlyIsLeaptOver() {
		manyRuns();
		this.jdbc.sql(
				"update run set status = 'FAILED', next_attempt_at = null, finished_at = now() where number % 5000 = 7")
			.update();
		RunFilter failed = new RunFilter(Set.of(RunStatus.FAILED, RunStatus.CANCELLED),
				List.of(new Term("label", "team"), new Term("region", "eu-west-1")), null, null);
		assertThat(this.search.page(failed, Long.MAX_VALUE, 51)).hasSize(RUNS / 5_000)
			.allMatch((found) -> found.status() == RunStatus.FAILED);
		assertThat(rowsRead(failed)).isLessThan(200);
	}

	// Two statements at once: the second began later, and has drawn its number between
	// those of the first.
	@Test
	void timesFindRunsWhoseNumbersHaveAnotherOrder(@Autowired RunStarts intake) {
		Instant begun = Instant.parse("2026-01-01T00:00:00Z");
		for (int millis : new int[] { 0, 10, 0 }) {
			RunSnapshot run = ((StartResult.Started) intake.start(NewRuns.any())).run();
			createdAt(run, begun.plusMillis(millis));
		}
		assertThat(found(null, begun.plusSeconds(3600))).isEqualTo(3);
		assertThat(found(begun.plusMillis(10), null)).isOne();
		assertThat(found(null, begun.plusMillis(10))).isEqualTo(2);
		createdAt(this.search.page(new RunFilter(Set.of(), List.of(), null, null), Long.MAX_VALUE, 3).get(2),
				begun.plusMillis(20));
		assertThat(found(begun.minusSeconds(3600), null)).isEqualTo(3);
	}

	private void createdAt(RunSnapshot run, Instant moment) {
		this.jdbc.sql("update run_input set created_at = :moment where run_id = :id")
			.param("moment", moment.atOffset(ZoneOffset.UTC))
			.param("id", run.id())
			.update();
	}

	private int found(@Nullable Instant after, @Nullable Instant before) {
		return this.search.page(new RunFilter(Set.of(), List.of(), after, before), Long.MAX_VALUE, 9).size();
	}

	@Test
	void nothingIsFoundBeforeTheFirstRunAndAfterTheLast() {
		manyRuns();
		Instant first = Instant.parse("2026-01-01T00:00:00Z");
		RunFilter before = new RunFilter(Set.of(), List.of(new Term("label", "team")), null, first.minusSeconds(3600));
		RunFilter after = new RunFilter(Set.of(), List.of(new Term("label", "team")),
				first.plusSeconds(10 * RUNS + 3600), null);
		assertThat(this.search.page(before, Long.MAX_VALUE, 51)).isEmpty();
		assertThat(this.search.page(after, Long.MAX_VALUE, 51)).isEmpty();
		assertThat(rowsRead(before) + rowsRead(after)).isLessThan(20);
	}

	private long rowsRead(RunFilter filter) {
		Map<String, Object> parameters = new HashMap<>(Map.of("before", Long.MAX_VALUE, "limit", 51));
		String sql = RunSearch.numbers(filter, parameters);
		return new Plan(Objects.requireNonNull(this.transaction.execute((status) -> {
			this.search.limitTheStatement();
			return this.jdbc.sql("explain (analyze, timing off) " + sql).params(parameters).query(String.class).list();
		}))).rowsRead();
	}

	@Test
	void searchThatTakesTooLongIsGivenUp(@Autowired EntityManager entityManager, @Autowired RunSnapshots runs,
			@Autowired DataSource database) throws SQLException {
		RunSearch impatient = new RunSearch(entityManager, runs, Duration.ofMillis(50));
		try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("lock table run_input");
			RunFilter all = new RunFilter(Set.of(), List.of(), null, null);
			assertThatExceptionOfType(SearchTimeoutException.class)
				.isThrownBy(() -> this.transaction.execute((status) -> impatient.page(all, Long.MAX_VALUE, 1)));
			connection.rollback();
		}
		assertThat(this.jdbc.sql("show statement_timeout").query(String.class).single()).isEqualTo("3500ms");
	}

	@Test
	void whatAwsSaysAtLengthIsStoredAndFound(@Autowired RunStarts intake) {
		intake.start(NewRuns.any());
		this.jdbc.sql("""
				update run
				set image_status = (select string_agg(md5(n::text), '') from generate_series(1, 200) n)""").update();
		assertThat(this.jdbc.sql("""
				select count(*) from run_facet join run on run.number = run_facet.number
				where facet = facet_of('imageStatus', image_status)""").query(Integer.class).single()).isOne();
	}

	// A statement may take 4 seconds at most.
	private void manyRuns() {
		for (int first = 0; first < RUNS; first += 1000) {
			moreRuns(first, first + 999);
		}
		for (String table : List.of("run", "run_input", "run_facet")) {
			this.jdbc.sql("vacuum analyze " + table).update();
		}
	}

	private void moreRuns(int first, int last) {
		this.jdbc.sql("""
				with many as (
				  insert into run (id, number, region, account, next_attempt_at, deadline,
				    create_distribution_configuration_token, create_image_token, last_event, created_at,
				    updated_at)
				  select gen_random_uuid(), n + 1, 'eu-west-1', '1', now(), now(), 't', 't', 2,
				    timestamptz '2026-01-01Z' + n * interval '10 seconds', now()
				  from generate_series(:first, :last) n
				  returning *
				)
				insert into run_input (run_id, number, distribution_name, distributions, image_recipe_arn,
				  infrastructure_configuration_arn, client_token, distribution_configuration_arn_expected, labels,
				  created_at)
				select id, number, 'web', '[ { "region": "eu-west-1" } ]', 'arn:recipe/1.0.0',
				  'arn:infrastructure', id::text, 'arn:expected', '{ "team": "platform" }', created_at
				from many""").param("first", first).param("last", last).update();
	}

}
