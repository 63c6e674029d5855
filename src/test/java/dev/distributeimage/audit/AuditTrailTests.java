package dev.distributeimage.audit;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.Intercepted.Call;
import dev.distributeimage.InterceptedDataSource;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Requester;
import dev.distributeimage.run.NewRuns;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Tests what becomes of records on their way into the table, and when they go. */
@DatabaseTest
class AuditTrailTests {

	private static final JsonMapper JSON = JsonMapper.shared();

	private static final Duration KEEP = Duration.ofDays(400);

	private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

	private final AuditedLog log = new AuditedLog();

	private final AwayDatabase database;

	private final JdbcClient jdbc;

	private final AuditTrail trail;

	private final AuditTable table;

	AuditTrailTests(@Autowired DataSource database, @Autowired JdbcClient jdbc) {
		this.database = new AwayDatabase(database);
		this.jdbc = jdbc;
		this.table = new AuditTable(JdbcClient.create(this.database), JSON);
		this.trail = new AuditTrail(new AuditLog(JSON, Clock.systemUTC()), this.table, this.metrics);
	}

	@BeforeEach
	void empty() {
		TestPostgres.empty(this.jdbc);
	}

	@AfterEach
	void close() {
		this.log.close();
	}

	@Test
	void recordWaitsForItsBatchAndKeepsItsTime() {
		this.trail.note(read(1));
		assertThat(rows()).isZero();
		assertThat(this.log.events()).hasSize(1);
		this.trail.store();
		assertThat(rows()).isOne();
		assertThat(
				this.jdbc.sql("select at < engine_now() and at > engine_now() - interval '1 minute' from audit_event")
					.query(Boolean.class)
					.single())
			.isTrue();
	}

	@Test
	void recordsWaitWhileTheDatabaseIsAway() {
		this.database.away.set(true);
		IntStream.range(0, 2_500).forEach((i) -> this.trail.note(read(i)));
		this.trail.store();
		this.trail.store();
		assertThat(rows()).isZero();
		assertThat(this.log.events()).hasSize(2_500);
		this.database.away.set(false);
		this.trail.store();
		assertThat(requestIds())
			.containsExactlyElementsOf(IntStream.range(0, 2_500).mapToObj(Integer::toString).toList());
		assertThat(dropped()).isZero();
	}

	@Test
	void recordsThatHaveNoRoomAreCounted() {
		this.database.away.set(true);
		IntStream.range(0, AuditTrail.MOST_WAITING + 7).forEach((i) -> this.trail.note(read(i)));
		assertThat(dropped()).isEqualTo(7);
		this.trail.close();
		assertThat(dropped()).as("the service ends").isEqualTo(AuditTrail.MOST_WAITING + 7);
		assertThat(rows()).isZero();
	}

	@Test
	void recordThatTheDatabaseRefusesLosesNoOther() {
		this.jdbc.sql("alter table audit_event add constraint no_13 check (request_id <> '13')").update();
		try {
			IntStream.range(0, 20).forEach((i) -> this.trail.note(read(i)));
			this.trail.store();
		}
		finally {
			this.jdbc.sql("alter table audit_event drop constraint no_13").update();
		}
		assertThat(requestIds()).hasSize(19).doesNotContain("13");
		assertThat(dropped()).isOne();
		this.trail.store();
		assertThat(rows()).isEqualTo(19);
	}

	@Test
	void strangersFillNeitherTheLogNorTheTable() {
		long begin = System.nanoTime();
		IntStream.range(0, 15_000)
			.forEach((i) -> this.trail.failed(new RequestFailed(new MockHttpServletRequest(), 401, "no-token")));
		this.trail.note(read(0));
		this.trail.store();
		long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds() + 2;
		assertThat(rows()).isBetween(10_000L, 10_001 + seconds);
		assertThat(rows() + dropped()).isEqualTo(15_001);
		assertThat(requestIds()).as("of a caller").contains("0");
		List<JsonNode> lines = this.log.events();
		assertThat(lines).hasSizeLessThanOrEqualTo((int) (12 * seconds) + 1);
		assertThat(lines.stream().filter((line) -> line.has("more")))
			.allSatisfy((line) -> assertThat(line.propertyNames()).containsExactlyInAnyOrder("at", "outcome", "more"));
	}

	@Test
	void linesThatAreLeftOutAreCountedInTheNextSecond() {
		IntStream.range(0, 50)
			.forEach((i) -> this.trail.failed(new RequestFailed(new MockHttpServletRequest(), 401, "no-token")));
		Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
			this.trail.store();
			List<JsonNode> lines = this.log.events();
			assertThat(lines.stream().mapToLong((line) -> line.has("more") ? line.path("more").asLong() : 1).sum())
				.isEqualTo(50);
			assertThat(lines.stream().filter((line) -> line.has("more"))).isNotEmpty();
		});
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 400, 404, 409, 413, 500, 503 })
	void otherErrorsAreNoRefusals(int status) {
		this.trail.failed(new RequestFailed(new MockHttpServletRequest(), status, null));
		assertThat(this.log.events()).isEmpty();
	}

	@Test
	void limitIsRecorded() {
		MockHttpServletRequest request = new MockHttpServletRequest("GET",
				"/v1/runs/01990000-0000-7000-8000-000000000000/events");
		Caller.ANONYMOUS.attachTo(request);
		this.trail.failed(new RequestFailed(request, 429, "requests"));
		this.trail.failed(new RequestFailed(request, 429, "requests"));
		assertThat(this.log.events()).hasSize(1);
		assertThat(this.log.events().get(0).path("event").asString()).isEqualTo("limit.refused");
		assertThat(this.log.events().get(0).path("rule").asString()).isEqualTo("requests");
		assertThat(this.log.events().get(0).path("run").asString()).isEqualTo("01990000-0000-7000-8000-000000000000");
	}

	@Test
	void refusalsByALimitAreBoundedForEachOwnerAndCountedTogether() {
		for (int i = 0; i < 500; i++) {
			beyond("flood", "requests");
		}
		beyond("flood", "starts");
		beyond("other", "requests");
		this.trail.store();
		List<String> rows = this.jdbc
			.sql("select concat_ws(' ', event, owner, rule, address, status, more) from audit_event order by number")
			.query(String.class)
			.list();
		assertThat(rows).filteredOn((row) -> row.equals("limit.refused flood requests 127.0.0.1 429"))
			.hasSize(LimitRefusals.OF_THEIR_OWN);
		assertThat(rows).hasSize(LimitRefusals.OF_THEIR_OWN + 3)
			.contains("limit.refused flood requests 127.0.0.1 429 " + (500 - LimitRefusals.OF_THEIR_OWN),
					"limit.refused flood starts 127.0.0.1 429", "limit.refused other requests 127.0.0.1 429");
		assertThat(this.log.events()).hasSize(LimitRefusals.OF_THEIR_OWN + 3);
		assertThat(this.log.events().stream().mapToInt((line) -> line.path("more").asInt(1)).sum()).isEqualTo(502);
		this.trail.store();
		assertThat(rows()).as("told once").isEqualTo(LimitRefusals.OF_THEIR_OWN + 3);
		assertThat(dropped()).isZero();
	}

	private void beyond(String owner, String limit) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		new Caller("default", "default", owner, owner, null, Set.of(), null).attachTo(request);
		this.trail.failed(new RequestFailed(request, 429, limit));
	}

	@Test
	void refusalsLeaveRoomForOtherRecords() {
		this.database.away.set(true);
		for (int i = 0; i < AuditTrail.MOST_WAITING; i++) {
			this.trail.note(refused(i));
		}
		long lost = dropped();
		IntStream.range(0, 1_000).forEach((i) -> this.trail.note(read(i)));
		assertThat(dropped()).isEqualTo(lost);
		this.database.away.set(false);
		this.trail.store();
		assertThat(
				this.jdbc.sql("select count(*) from audit_event where event = 'run.read'").query(Long.class).single())
			.isEqualTo(1_000);
	}

	@Test
	void recordsGoWhenTheyAreTooOldAndNotBefore() {
		insert("399 days 23 hours", 3);
		insert("400 days 1 hour", 12_000);
		schedule().removeOld();
		assertThat(rows()).isEqualTo(3);
	}

	@Test
	void oneReplicaRemovesAtATime() {
		insert("500 days", 2);
		DataSourceTransactionManager other = new DataSourceTransactionManager(this.database);
		new TransactionTemplate(other).executeWithoutResult((status) -> {
			JdbcClient.create(this.database)
				.sql("select true from (select pg_advisory_xact_lock(hashtext('remove_audit_events'))) held")
				.query(Boolean.class)
				.single();
			assertThat(new AuditTable(this.jdbc, JSON).remove(KEEP)).isZero();
		});
		assertThat(this.table.remove(KEEP)).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "0 days", "-400 days", "1 day", "-1 month", "29 days" })
	void thirtyDaysStayWhateverIsAskedFor(String olderThan) {
		insert("29 days", 2);
		insert("31 days", 2);
		assertThat(this.jdbc.sql("select remove_audit_events(cast(:age as interval))")
			.param("age", olderThan)
			.query(Integer.class)
			.single()).isEqualTo(2);
		assertThat(rows()).isEqualTo(2);
	}

	@Test
	void removalWithoutAnAgeRemovesNothing() {
		insert("500 days", 2);
		this.jdbc.sql("select remove_audit_events(null)").query().listOfRows();
		assertThat(rows()).isEqualTo(2);
	}

	@Test
	void recordsStayFor30DaysAtLeast() {
		assertThatIllegalArgumentException().isThrownBy(() -> new AuditSettings(Duration.ofDays(29), false))
			.withMessageContaining("distribute-image.audit.keep must be at least 30d");
	}

	private AuditSchedule schedule() {
		return new AuditSchedule(this.trail, this.table, new AuditSettings(KEEP, false));
	}

	private void insert(String age, int count) {
		this.jdbc
			.sql("""
					insert into audit_event (at, event, outcome, status)
					select engine_now() - cast(:age as interval), 'run.start', 'allowed', 202 from generate_series(1, :count)""")
			.param("age", age)
			.param("count", count)
			.update();
	}

	private long rows() {
		return this.jdbc.sql("select count(*) from audit_event").query(Long.class).single();
	}

	private List<String> requestIds() {
		return this.jdbc.sql("select request_id from audit_event where request_id is not null order by number")
			.query(String.class)
			.list();
	}

	private long dropped() {
		return (long) this.metrics.get("distribute.image.audit.dropped").counter().count();
	}

	private static AuditEvent read(int request) {
		return event(AuditedAction.READ, request, 200);
	}

	private static AuditEvent refused(int request) {
		return event(AuditedAction.AUTHORIZATION, request, 403);
	}

	private static AuditEvent event(AuditedAction action, int request, int status) {
		return new AuditEvent(action, null,
				new Requester(NewRuns.ANYBODY.caller(), "127.0.0.1", Integer.toString(request)), UUID.randomUUID(),
				status, null);
	}

	/** Fails, while it is away, as a database that cannot be reached. */
	private static final class AwayDatabase extends InterceptedDataSource {

		private final AtomicBoolean away = new AtomicBoolean();

		AwayDatabase(DataSource target) {
			super(target);
		}

		@Override
		protected @Nullable Object executed(Call execution) throws Throwable {
			if (this.away.get()) {
				throw new SQLException("No route to host", "08001");
			}
			return execution.make();
		}

	}

}
