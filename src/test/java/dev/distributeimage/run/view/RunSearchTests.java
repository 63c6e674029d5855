package dev.distributeimage.run.view;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.queue.Plan;
import dev.distributeimage.run.view.RunFilter.Criterion;
import dev.distributeimage.run.view.RunFilter.Field;
import jakarta.persistence.EntityManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@DatabaseTest
class RunSearchTests {

	private static final int RUNS = 20_000;

	private static final int RUNNING = RUNS / 100;

	private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

	/** Includes the rows of each list, the lookups that lead to them, and the results. */
	private static final int ROWS_PER_RUN = 8;

	private static final String IMAGE = "arn:image/7";

	private final JdbcClient jdbc;

	private final RunSearch search;

	private final BoundedQueries queries;

	private final TransactionTemplate transaction;

	RunSearchTests(@Autowired JdbcClient jdbc, @Autowired RunSearch search, @Autowired BoundedQueries queries,
			@Autowired TransactionTemplate transaction) {
		TestPostgres.empty(jdbc);
		this.jdbc = jdbc;
		this.search = search;
		this.queries = queries;
		this.transaction = transaction;
	}

	@Test
	void everyFilterReadsNoMoreThanItsPages() {
		manyRuns();
		for (Criterion criterion : List.of(new Criterion(Field.STEP, "getImage"),
				new Criterion(Field.IMAGE_STATUS, "AVAILABLE"), new Criterion(Field.DISTRIBUTION_NAME, "web"),
				new Criterion(Field.REGION, "eu-west-1"), new Criterion(Field.IMAGE_RECIPE_ARN, "arn:recipe"),
				new Criterion(Field.IMAGE_RECIPE_ARN, "arn:recipe/1.0.0"), new Criterion(Field.LABEL, "team"),
				new Criterion(Field.LABEL, "team:platform"), new Criterion(Field.OWNER, "web"),
				new Criterion(Field.CREATED_BY, "github/web-release/me"), new Criterion(Field.IMAGE, "ami-0"))) {
			for (Set<RunStatus> statuses : List.of(Set.<RunStatus>of(), EnumSet.allOf(RunStatus.class),
					Set.of(RunStatus.SUCCEEDED), EnumSet.of(RunStatus.FAILED, RunStatus.SUCCEEDED))) {
				assertThat(rowsRead(filter(statuses, criterion))).as(criterion + " " + statuses)
					.isBetween(51L, 51L * ROWS_PER_RUN);
			}
		}
		assertThat(rowsRead(RunFilter.ALL)).isBetween(51L, 51L * ROWS_PER_RUN);
		assertThat(rowsRead(filter(Set.of(), new Criterion(Field.CLIENT_TOKEN, "token-7")))).isLessThan(10);
		assertThat(rowsRead(filter(Set.of(), new Criterion(Field.IMAGE, "ami-7")))).isLessThan(10);
	}

	@Test
	void failuresAreFoundByTheirIndex() {
		manyRuns();
		String failure = "'{ \"step\": \"getImage\", \"operation\": \"GetImage\", \"code\": \"%s\", \"message\": \"m\" }'";
		this.jdbc.sql("update run set failure = %s where number %% 1000 = 7".formatted(failure.formatted("SlowDown")))
			.update();
		this.jdbc
			.sql("update run set failure = %s where status = 'RUNNING' and number %% 500 = 0"
				.formatted(failure.formatted("SlowDown")))
			.update();
		this.jdbc.sql("update run set failure = %s where number = 8".formatted(failure.formatted("x".repeat(1_900))))
			.update();
		Criterion slow = new Criterion(Field.FAILURE_CODE, "SlowDown");
		assertThat(page(filter(Set.of(RunStatus.SUCCEEDED), slow), Long.MAX_VALUE, 51)).hasSize(RUNS / 1_000);
		assertThat(page(filter(Set.of(RunStatus.FAILED), slow), Long.MAX_VALUE, 51)).isEmpty();
		assertThat(page(filter(Set.of(RunStatus.RUNNING), slow), Long.MAX_VALUE, 51)).hasSize(RUNS / 500);
		assertThat(page(filter(Set.of(), slow), Long.MAX_VALUE, 99)).hasSize(RUNS / 1_000 + RUNS / 500)
			.allMatch((run) -> run.failure() != null)
			.isSortedAccordingTo((one, other) -> Long.compare(other.number(), one.number()));
		assertThat(page(filter(Set.of(), new Criterion(Field.FAILURE_CODE, "x".repeat(128))), Long.MAX_VALUE, 51))
			.hasSize(1);
		assertThat(rowsRead(filter(Set.of(RunStatus.FAILED, RunStatus.SUCCEEDED), slow))).isLessThan(150);
		assertThat(rowsRead(filter(Set.of(), slow))).isLessThan(150 + 2L * RUNNING);
	}

	@Test
	void fewRunsWithABeginningAreCollected() {
		manyRuns();
		this.jdbc.sql("update run_input set distribution_name = 'api-' || number where number % 1000 = 7").update();
		this.jdbc.sql("vacuum analyze run_input").update();
		List<RunSnapshot> found = page(named("api-"), Long.MAX_VALUE, 51);
		assertThat(found).hasSize(RUNS / 1_000)
			.allMatch((run) -> run.number() % 1_000 == 7)
			.isSortedAccordingTo((one, other) -> Long.compare(other.number(), one.number()));
		assertThat(page(named("api-"), 5_000, 3)).extracting(RunSnapshot::number)
			.containsExactly(4_007L, 3_007L, 2_007L);
		assertThat(page(named("api-2007"), Long.MAX_VALUE, 51)).hasSize(1);
		assertThat(page(named("Api"), Long.MAX_VALUE, 51)).isEmpty();
		assertThat(rowsRead(named("api-"))).isLessThan(300);
		assertThat(rowsRead(named("nothing"))).isLessThan(5);
	}

	@Test
	void manyRunsWithABeginningAreMetOnTheWay() {
		manyRuns();
		assertThat(page(named("we"), Long.MAX_VALUE, 51)).hasSize(51)
			.extracting(RunSnapshot::number)
			.startsWith((long) RUNS)
			.endsWith(RUNS - 50L);
		assertThat(rowsRead(named("we"))).isBetween(10_001L, 2 * 10_001L + 51L * ROWS_PER_RUN);
	}

	// Runs that are collected and runs that are met must meet the same conditions.
	@ParameterizedTest
	@ValueSource(ints = { 5, 20_000 })
	void otherFiltersHoldForRunsWithABeginningToo(int named) {
		manyRuns();
		this.jdbc.sql("update run_input set distribution_name = 'api' where number > :all - :named")
			.param("all", RUNS)
			.param("named", named)
			.update();
		Criterion api = new Criterion(Field.DISTRIBUTION_NAME_PREFIX, "ap");
		assertThat(page(filter(Set.of(RunStatus.RUNNING), api), Long.MAX_VALUE, 2)).extracting(RunSnapshot::number)
			.startsWith((long) RUNS);
		assertThat(page(filter(Set.of(RunStatus.SUCCEEDED), api), Long.MAX_VALUE, 1)).extracting(RunSnapshot::number)
			.containsExactly(RUNS - 1L);
		assertThat(page(filter(Set.of(), api, new Criterion(Field.IMAGE, "ami-" + (RUNS - 2))), Long.MAX_VALUE, 9))
			.extracting(RunSnapshot::number)
			.containsExactly(RUNS - 2L);
		assertThat(page(filter(Set.of(), api, new Criterion(Field.STEP, "createImage")), Long.MAX_VALUE, 9)).isEmpty();
		assertThat(page(filter(Set.of(), api, new Criterion(Field.FAILURE_CODE, "X")), Long.MAX_VALUE, 9)).isEmpty();
		Instant third = FIRST.plusSeconds(10 * (RUNS - 3L));
		assertThat(page(new RunFilter(Set.of(), List.of(api), null, third), Long.MAX_VALUE, 1))
			.extracting(RunSnapshot::number)
			.containsExactly(RUNS - 3L);
	}

	private static RunFilter named(String prefix) {
		return filter(Set.of(), new Criterion(Field.DISTRIBUTION_NAME_PREFIX, prefix));
	}

	@Test
	void timesAreFoundByTheirIndex() {
		manyRuns();
		Instant middle = FIRST.plusSeconds(10 * RUNS / 2);
		assertThat(rowsRead(new RunFilter(Set.of(), List.of(), middle, null))).isLessThan(700);
		assertThat(rowsRead(new RunFilter(Set.of(), List.of(), null, middle))).isLessThan(700);
		assertThat(page(new RunFilter(Set.of(), List.of(), null, middle), Long.MAX_VALUE, 1).get(0).createdAt())
			.isEqualTo(middle.minusSeconds(10));
	}

	@Test
	void runsInFlightAreReadOnceAndLookedUpInEachList() {
		manyRuns();
		RunFilter running = filter(Set.of(RunStatus.RUNNING), new Criterion(Field.LABEL, "team"),
				new Criterion(Field.REGION, "eu-west-1"), new Criterion(Field.STEP, "getImage"));
		assertThat(page(running, Long.MAX_VALUE, 51)).hasSize(51)
			.allMatch((run) -> run.status() == RunStatus.RUNNING)
			.isSortedAccordingTo((one, other) -> Long.compare(other.number(), one.number()));
		assertThat(rowsRead(running)).isBetween(3L * RUNNING, 5L * RUNNING);
		assertThat(page(filter(Set.of(RunStatus.RUNNING), new Criterion(Field.LABEL, "none")), Long.MAX_VALUE, 51))
			.isEmpty();
	}

	@Test
	void runsInFlightAndEndedOnesAreListedTogether() {
		manyRuns();
		RunFilter all = filter(EnumSet.of(RunStatus.RUNNING, RunStatus.SUCCEEDED), new Criterion(Field.LABEL, "team"));
		List<RunSnapshot> page = page(all, RUNS - 50, 200);
		assertThat(page).extracting(RunSnapshot::number)
			.containsExactlyElementsOf(page(RunFilter.ALL, RUNS - 50, 200).stream().map(RunSnapshot::number).toList());
		assertThat(page).extracting(RunSnapshot::status).contains(RunStatus.RUNNING, RunStatus.SUCCEEDED);
	}

	@Test
	void runsOfOneListOnlyAreLeaptOver() {
		manyRuns();
		this.jdbc.sql("update run set status = 'FAILED' where number % 5000 = 7").update();
		RunFilter failed = filter(EnumSet.of(RunStatus.FAILED, RunStatus.CANCELLED), new Criterion(Field.LABEL, "team"),
				new Criterion(Field.REGION, "eu-west-1"));
		assertThat(page(failed, Long.MAX_VALUE, 51)).hasSize(RUNS / 5_000)
			.allMatch((run) -> run.status() == RunStatus.FAILED);
		assertThat(rowsRead(failed)).isLessThan(200);
	}

	@Test
	void imageThatWasGivenUpFindsItsRunNoMore(@Autowired RunStarts starts) {
		long number = ((StartResult.Started) starts.start(NewRuns.any(), NewRuns.ANYBODY, null)).run().number();
		this.jdbc.sql("insert into run_term (term, number) values ('imageBuildVersionArn=' || :image, :number)")
			.param("image", IMAGE)
			.param("number", number)
			.update();
		RunFilter filter = filter(Set.of(), new Criterion(Field.IMAGE_BUILD_VERSION_ARN, IMAGE));
		assertThat(page(filter, Long.MAX_VALUE, 51)).isEmpty();
		this.jdbc.sql("update run set image_build_version_arn = :image").param("image", IMAGE).update();
		assertThat(page(filter, Long.MAX_VALUE, 51)).hasSize(1);
	}

	// The second of two concurrent statements began later and drew its number between
	// those of the first.
	@ParameterizedTest
	@EnumSource(names = { "RUNNING", "FAILED" })
	void timesFindRunsWhoseNumbersHaveAnotherOrder(RunStatus other, @Autowired RunStarts starts) {
		for (int millis : new int[] { 0, 10, 0 }) {
			createdAt(((StartResult.Started) starts.start(NewRuns.any(), NewRuns.ANYBODY, null)).run(),
					FIRST.plusMillis(millis));
		}
		Set<RunStatus> statuses = EnumSet.of(RunStatus.RUNNING, other);
		assertThat(found(statuses, null, FIRST.plusSeconds(3600))).isEqualTo(3);
		assertThat(found(statuses, FIRST.plusMillis(10), null)).isOne();
		assertThat(found(statuses, null, FIRST.plusMillis(10))).isEqualTo(2);
		createdAt(page(RunFilter.ALL, Long.MAX_VALUE, 3).get(2), FIRST.plusMillis(20));
		assertThat(found(statuses, FIRST.minusSeconds(3600), null)).isEqualTo(3);
	}

	private void createdAt(RunSnapshot run, Instant moment) {
		for (String table : List.of("run", "run_input")) {
			this.jdbc.sql("update %s set created_at = :moment where number = :number".formatted(table))
				.param("moment", moment.atOffset(ZoneOffset.UTC))
				.param("number", run.number())
				.update();
		}
	}

	private int found(Set<RunStatus> statuses, @Nullable Instant after, @Nullable Instant before) {
		return page(new RunFilter(statuses, List.of(), after, before), Long.MAX_VALUE, 9).size();
	}

	@Test
	void nothingIsFoundBeforeTheFirstRunAndAfterTheLast() {
		manyRuns();
		List<Criterion> team = List.of(new Criterion(Field.LABEL, "team"));
		RunFilter before = new RunFilter(Set.of(), team, null, FIRST.minusSeconds(3600));
		RunFilter after = new RunFilter(Set.of(), team, FIRST.plusSeconds(10 * RUNS + 3600), null);
		assertThat(page(before, Long.MAX_VALUE, 51)).isEmpty();
		assertThat(page(after, Long.MAX_VALUE, 51)).isEmpty();
		assertThat(rowsRead(before) + rowsRead(after)).isLessThan(20);
	}

	@Test
	void searchThatDoesNotFinishInTimeIsStopped(@Autowired EntityManager entityManager, @Autowired RunSnapshots runs,
			@Autowired DataSource database) throws SQLException {
		String timeout = statementTimeout();
		RunSearch impatient = new RunSearch(new BoundedQueries(entityManager, Duration.ofMillis(50)), runs);
		try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("lock table run_input");
			assertThatExceptionOfType(SearchTimeoutException.class).isThrownBy(
					() -> this.transaction.execute((status) -> impatient.find(RunFilter.ALL, Long.MAX_VALUE, 1)));
			connection.rollback();
		}
		assertThat(statementTimeout()).isEqualTo(timeout);
	}

	private String statementTimeout() {
		return this.jdbc.sql("show statement_timeout").query(String.class).single();
	}

	private static RunFilter filter(Set<RunStatus> statuses, Criterion... criteria) {
		return new RunFilter(statuses, List.of(criteria), null, null);
	}

	private long rowsRead(RunFilter filter) {
		Sql sql = RunNumbers.query(filter, Long.MAX_VALUE, 51);
		return rowsRead(sql, this.queries, this.transaction);
	}

	static long rowsRead(Sql sql, BoundedQueries queries, TransactionTemplate transaction) {
		Sql explain = new Sql("explain (analyze, timing off) " + sql.text(), sql.values());
		return new Plan(Objects.requireNonNull(transaction.execute((status) -> queries.list(explain, String.class))))
			.rowsRead();
	}

	// One statement for all would exceed the statement timeout of 3.5 s.
	private void manyRuns() {
		for (int first = 1; first <= RUNS; first += 1000) {
			moreRuns(first, first + 999);
		}
		for (String table : List.of("run", "run_input", "run_term")) {
			this.jdbc.sql("vacuum analyze " + table).update();
		}
	}

	private List<RunSnapshot> page(RunFilter filter, long before, int size) {
		return this.search.read(this.search.find(filter, before, size));
	}

	private void moreRuns(int first, int last) {
		this.jdbc
			.sql("""
					with many as (
					  insert into run (id, number, region, account, status, step, next_attempt_at, finished_at, final_status,
					    deadline, distribution_configuration_arn, image_build_version_arn, image_status,
					    create_distribution_configuration_token, create_image_token, last_event, created_at, updated_at)
					  select gen_random_uuid(), n, 'eu-west-1', '1', status, 'getImage',
					    case when status = 'RUNNING' then now() end, case when status <> 'RUNNING' then now() end, 'AVAILABLE',
					    now(), 'arn:d', 'arn:image/' || n, 'AVAILABLE', 't', 't', 2,
					    timestamptz '2026-01-01Z' + (n - 1) * interval '10 seconds', now()
					  from generate_series(:first, :last) n,
					    lateral (select case when n % 100 = 0 then run_status 'RUNNING' else 'SUCCEEDED' end as status) one
					  returning *
					), inputs as (
					  insert into run_input (run_id, number, distribution_name, distributions, image_recipe_arn,
					    infrastructure_configuration_arn, client_token, distribution_configuration_arn_expected, labels,
					    weight, owner, created_by, created_at)
					  select id, number, 'web', '[ { "region": "eu-west-1" } ]', 'arn:recipe/1.0.0',
					    'arn:infrastructure', 'token-' || number, 'arn:expected', '{ "team": "platform" }', 1, 'web',
					    'github/web-release/me', created_at
					  from many
					)
					insert into run_term (term, number)
					select term, number
					from many, unnest(array['region=eu-west-1', 'imageRecipeArn=arn:recipe', 'label=team',
					  'label=team:platform', 'imageBuildVersionArn=arn:image/' || number, 'image=ami-0', 'image=ami-' || number]) term""")
			.param("first", first)
			.param("last", last)
			.update();
	}

}
