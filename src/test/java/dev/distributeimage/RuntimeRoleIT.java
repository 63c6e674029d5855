package dev.distributeimage;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

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

	/** What docs/operations.md shows is what the script does. */
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
			"alter system set work_mem = '1GB'" })
	void anythingElseIsDenied(String statement) {
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> this.asRuntimeRole.sql(statement).query().listOfRows())
			.havingRootCause()
			.withMessageMatching("(?s)ERROR: (permission denied|must be owner).*");
	}

	@Test
	void roleIsNoSuperuserAndMemberOfNone() {
		assertThat(this.asRuntimeRole.sql("""
				select rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls
				       or exists (select from pg_auth_members where member = pg_roles.oid)
				from pg_roles where rolname = current_user""").query(Boolean.class).single()).isFalse();
	}

	private String start(String name) {
		HttpResponse<String> accepted = this.service.post("""
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
