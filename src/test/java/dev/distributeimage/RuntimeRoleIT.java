package dev.distributeimage;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.distributeimage.retention.Removals;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Simulator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests the jar with the two roles of {@code docs/roles.sql}: one that migrates, and one
 * that may do no more than the service needs.
 */
@NullUnmarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RuntimeRoleIT {

	private static final Path ROLES = Path.of("docs", "roles.sql");

	private final Simulator simulator = Simulator.start();

	private final JdbcConnectionDetails superuser = new TestPostgres().newDatabase();

	private final JdbcConnectionDetails runtime = new Role(this.superuser.getJdbcUrl(), "distribute_image", "secret");

	private JdbcClient asRuntimeRole;

	private ServiceProcess service;

	@BeforeAll
	void start() throws IOException {
		this.simulator.pace(Duration.ofMillis(200));
		client(this.superuser).sql(roles()).update();
		this.service = ServiceProcess.start(this.runtime, this.simulator.endpoint(),
				Map.of("SPRING_FLYWAY_USER", "distribute_image_owner", "SPRING_FLYWAY_PASSWORD", "owner's"),
				"--distribute-image.image.poll-every=300ms", "--distribute-image.poller.tick=200ms");
		this.asRuntimeRole = client(this.runtime);
	}

	@AfterAll
	void close() {
		if (this.service != null) {
			this.service.close();
		}
		this.simulator.close();
	}

	/** The script as psql would send it. */
	private String roles() throws IOException {
		String database = client(this.superuser).sql("select current_database()").query(String.class).single();
		return statements(Files.readString(ROLES)).replace(":'owner_password'", "'owner''s'")
			.replace(":'password'", "'secret'")
			.replace(":\"DBNAME\"", database);
	}

	private static String statements(String script) {
		return script.lines()
			.filter((line) -> !line.isEmpty() && !line.startsWith("\\") && !line.startsWith("--"))
			.collect(Collectors.joining("\n"));
	}

	/** The script does as docs/operations.md shows. */
	@Test
	void documentShowsTheScript() throws IOException {
		assertThat(Files.readString(Path.of("docs", "operations.md")))
			.contains(statements(Files.readString(ROLES)).replaceAll(":'\\w+'", "'…'")
				.replace(":\"DBNAME\"", "distribute_image"));
	}

	@Test
	void runIsStartedFollowedListedAndEnded() {
		String path = start("web");
		assertThat(ended(path).at("/status").stringValue()).isEqualTo("SUCCEEDED");
		assertThat(this.service.get(path + "/events").at("/items")).isNotEmpty();
		assertThat(this.service.get("/v1/runs?region=eu-west-1").at("/items").valueStream())
			.anyMatch((run) -> run.at("/inputs/distributionName").asString().equals("web"));
		assertThat(this.service.answer("/readyz").statusCode()).isEqualTo(200);
	}

	@Test
	void runIsCancelled() {
		this.simulator.nextImage(Ending.stuckIn("BUILDING"));
		String path = start("cancelled");
		Awaitility.await().until(() -> this.service.get(path).at("/image/status").asString(""), "BUILDING"::equals);
		assertThat(this.service.post(path + "/cancel", "").statusCode()).isEqualTo(202);
		assertThat(ended(path).at("/status").stringValue()).isEqualTo("CANCELLED");
	}

	@Test
	void runIsRetried() {
		this.simulator.nextImage(Ending.failedAt("BUILDING", "No room"));
		String path = start("retried");
		assertThat(ended(path).at("/status").stringValue()).isEqualTo("FAILED");
		assertThat(this.service.post(path + "/retry", "").statusCode()).isEqualTo(202);
		assertThat(ended(path).at("/status").stringValue()).isEqualTo("SUCCEEDED");
	}

	@Test
	void runsInFlightOfOwnersCanBeCounted() {
		assertThat(this.asRuntimeRole.sql("""
				with one as (
				  insert into run_in_flight (run_id, owner) values (gen_random_uuid(), 'web') returning run_id
				)
				select run_within_limit('new', 'web', 1)""").query(Boolean.class).single()).isTrue();
		assertThat(this.asRuntimeRole.sql("delete from run_in_flight where owner = 'web'").update()).isOne();
	}

	@Test
	void storageCanBeProbed() {
		assertThat(this.asRuntimeRole.sql("create temporary table probe on commit drop as select 1").update())
			.isNotNegative();
	}

	@ParameterizedTest
	@ValueSource(strings = { "create table mine (id int)", "create schema mine",
			"create function mine() returns int language sql return 1", "drop table run", "truncate run",
			"alter table run add column more int", "drop index run_due", "create index mine on run (region)",
			"alter type run_status add value 'LOST'", "alter function engine_now() rename to my_now",
			"create or replace function engine_now() returns timestamptz return now()",
			"create trigger mine after insert on run execute function suppress_redundant_updates_trigger()",
			"delete from flyway_schema_history", "select * from flyway_schema_history", "create extension dblink",
			"create role mine", "set role distribute_image_owner", "set session authorization distribute_image_owner",
			"copy run to program 'cat'", "copy run from '/etc/passwd'", "select pg_read_file('/etc/passwd')",
			"alter system set work_mem = '1GB'", "update audit_event set outcome = 'allowed'",
			"update run_removed set owner = 'web'", "truncate run_removed", "delete from audit_event",
			"truncate audit_event", "alter table audit_event disable trigger all", "drop table audit_event",
			"select * from audit_event for update",
			"insert into audit_event (at, event, outcome, status) values (now(), 'x', 'allowed', 1) "
					+ "on conflict (at, number) do update set rule = 'x'",
			"merge into audit_event using (select 1) one on true when matched then delete",
			"create or replace function remove_audit_events(older_than interval) returns integer return 1",
			"drop function remove_audit_events" })
	void anythingElseIsDenied(String statement) {
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> this.asRuntimeRole.sql(statement).query().listOfRows())
			.havingRootCause()
			.withMessageMatching("(?s)ERROR: (permission denied|must be owner).*");
	}

	@Test
	void recordsAreAddedAndReadAndOldOnesGo() {
		String path = start("recorded");
		assertThat(this.asRuntimeRole.sql("select event from audit_event where run = cast(:run as uuid)")
			.param("run", path.substring(9))
			.query(String.class)
			.list()).containsExactly("run.start");
		// The next run must not begin before: another test says what becomes of it.
		ended(path);
		this.asRuntimeRole
			.sql("insert into audit_event (at, event, outcome, status) values ('2001-01-01', 'old', 'allowed', 200)")
			.update();
		// Objects of a session must not take the place of those that the function names.
		try (SingleConnectionDataSource one = new SingleConnectionDataSource(this.runtime.getJdbcUrl(),
				this.runtime.getUsername(), this.runtime.getPassword(), true)) {
			JdbcClient session = JdbcClient.create(one);
			session.sql("create temporary table audit_event (at timestamptz, number bigint)").update();
			session.sql("set search_path = pg_temp, public").update();
			assertThat(session.sql("select public.remove_audit_events('-1 day')").query(Integer.class).single())
				.isOne();
		}
		assertThat(this.asRuntimeRole.sql("select event from audit_event").query(String.class).list())
			.contains("run.start")
			.doesNotContain("old");
	}

	@Test
	void endedRunIsRemoved() {
		String path = start("removed");
		ended(path);
		client(this.superuser)
			.sql("update run set finished_at = finished_at - interval '91 days' where id = cast(:run as uuid)")
			.param("run", path.substring(9))
			.update();
		new Removals(this.asRuntimeRole).look();
		assertThat(this.service.answer(path).statusCode()).isEqualTo(404);
	}

	@Test
	void nobodyElseMayRemoveRecords() {
		assertThat(client(this.superuser).sql("""
				select has_function_privilege('public', 'remove_audit_events(interval)', 'execute')
				  or has_table_privilege('public', 'audit_event', 'select')""").query(Boolean.class).single())
			.isFalse();
	}

	@Test
	void roleIsNoSuperuserAndMemberOfNone() {
		assertThat(this.asRuntimeRole.sql("""
				select rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls
				       or exists (select from pg_auth_members where member = pg_roles.oid)
				from pg_roles where rolname = current_user""").query(Boolean.class).single()).isFalse();
	}

	@Test
	void roleMayAskWhatTheRunbookAsks() throws IOException {
		assertThat(statementsOfTheGuide("select ")).hasSizeGreaterThan(6)
			.allSatisfy((query) -> this.asRuntimeRole.sql(query).query().listOfRows());
	}

	@Test
	void anotherRoleTakesOver() throws IOException {
		JdbcConnectionDetails next = new Role(this.superuser.getJdbcUrl(), "distribute_image_2", "…");
		String database = client(this.superuser).sql("select current_database()").query(String.class).single();
		statementsOfTheGuide("create role distribute_image_2").forEach((statements) -> client(this.superuser)
			.sql(statements.replace("on database distribute_image", "on database " + database))
			.update());
		try (ServiceProcess replica = ServiceProcess.start(next, this.simulator.endpoint(),
				Map.of("SPRING_FLYWAY_USER", "distribute_image_owner", "SPRING_FLYWAY_PASSWORD", "owner's"),
				"--distribute-image.image.poll-every=300ms", "--distribute-image.poller.tick=200ms")) {
			Awaitility.await().until(() -> replica.answer("/readyz").statusCode(), (status) -> status == 200);
			assertThat(ended(start(replica, "by-the-second-role")).at("/status").stringValue()).isEqualTo("SUCCEEDED");
		}
		statementsOfTheGuide("drop owned by").forEach(
				(statements) -> client(this.superuser).sql(statements.replace("distribute_image", "distribute_image_2"))
					.update());
		assertThat(this.service.answer("/readyz").statusCode()).isEqualTo(200);
	}

	/** The examples in SQL that begin with these words. */
	private static List<String> statementsOfTheGuide(String beginning) throws IOException {
		return Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL)
			.matcher(Files.readString(Path.of("docs", "operations.md")))
			.results()
			.map((found) -> found.group(1).strip())
			.filter((sql) -> sql.startsWith(beginning))
			.toList();
	}

	private String start(String name) {
		return start(this.service, name);
	}

	private static String start(ServiceProcess service, String name) {
		HttpResponse<String> accepted = service.post("""
				{ "distributionName": "%s",
				  "distributions": [ { "region": "eu-west-1", "amiDistributionConfiguration": {} } ],
				  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
				  "infrastructureConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web" }"""
			.formatted(name));
		assertThat(accepted.statusCode()).isEqualTo(202);
		return accepted.headers().firstValue("Location").orElseThrow();
	}

	private JsonNode ended(String path) {
		return Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> this.service.get(path), (run) -> !run.at("/status").stringValue().equals("RUNNING"));
	}

	private static JdbcClient client(JdbcConnectionDetails database) {
		return JdbcClient.create(new DriverManagerDataSource(database.getJdbcUrl(),
				String.valueOf(database.getUsername()), String.valueOf(database.getPassword())));
	}

	private record Role(String getJdbcUrl, String getUsername, String getPassword) implements JdbcConnectionDetails {
	}

}
