package dev.distributeimage.api;

import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import dev.distributeimage.api.problem.ProblemType;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.test.context.TestPropertySource;

import static dev.distributeimage.api.Http.header;
import static dev.distributeimage.api.Http.problem;
import static org.assertj.core.api.Assertions.assertThat;

@ApiTest
@TestPropertySource(properties = { "spring.datasource.hikari.connection-timeout=300", "logging.level.root=error" })
@NullUnmarked
class DatabaseAwayTests {

	@Autowired
	private JdbcConnectionDetails database;

	private SingleConnectionDataSource server;

	private JdbcClient admin;

	private String name;

	private Http http;

	@BeforeEach
	void connect(@LocalServerPort int port) throws SQLException {
		String url = this.database.getJdbcUrl();
		int slash = url.lastIndexOf('/');
		this.name = url.substring(slash + 1);
		this.server = new SingleConnectionDataSource(session(url.substring(0, slash) + "/template1"), true);
		this.admin = JdbcClient.create(this.server);
		this.http = new Http(port);
		// The pool needs some time to detect that the database is back.
		Awaitility.await().until(() -> this.http.get("/v1/runs/" + UUID.randomUUID()).statusCode() == 404);
	}

	@AfterEach
	void giveBack() {
		alterDatabase("allow_connections true");
		this.server.destroy();
	}

	@Test
	void everythingIs503WhileDatabaseIsAway() {
		shut();
		assertUnavailable(this.http.get("/v1/runs/" + UUID.randomUUID()));
		// The outcome of the first requests is unknown, because broken connections are
		// detected one by one.
		Awaitility.await()
			.untilAsserted(() -> assertUnavailable(this.http.post("/v1/runs", Requests.withToken("away"))));
		HttpResponse<String> valid = this.http.post("/v1/runs?validateOnly=true", Requests.withToken("away"));
		assertThat(valid.body()).startsWith("{\"valid\":true,\"warnings\":[{\"pointer\":\"/distributionName\"")
			.contains("The database could not be asked");
	}

	@Test
	void notReadyWhileNothingCanBeStored(@Autowired HealthEndpoint health) {
		alterForAllSessions("set default_transaction_read_only = on");
		Awaitility.await()
			.untilAsserted(() -> assertUnavailable(this.http.post("/v1/runs", Requests.withToken("read-only"))));
		assertThat(health.healthForPath("readiness").getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.healthForPath("liveness").getStatus()).isEqualTo(Status.UP);
		alterForAllSessions("reset default_transaction_read_only");
		Awaitility.await().until(() -> health.healthForPath("readiness").getStatus().equals(Status.UP));
	}

	@Test
	void startWhoseSessionEndsInTheMiddleIsOutcomeUnknown() throws SQLException {
		assertThat(interrupted(Requests.withToken("unknown"))).contains("repeat it unchanged");
		assertThat(interrupted(Requests.withoutToken())).contains("may start a second run");
	}

	// The lock keeps the insert waiting until its session is terminated.
	private String interrupted(String request) throws SQLException {
		try (Connection connection = session(this.database.getJdbcUrl());
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("lock table run_input");
			CompletableFuture<HttpResponse<String>> response = this.http.postAsync("/v1/runs", request);
			Awaitility.await().until(() -> endSessions("and wait_event_type = 'Lock'") == 1);
			assertThat(header(response.join(), "Retry-After")).isEqualTo("5");
			return problem(response.join(), ProblemType.OUTCOME_UNKNOWN).path("detail").asString();
		}
	}

	// A session that is being opened is not visible yet, and may have been admitted
	// before.
	private void shut() {
		alterDatabase("allow_connections false");
		Awaitility.await().during(Duration.ofMillis(300)).until(() -> endSessions("") == 0);
	}

	private void alterForAllSessions(String how) {
		shut();
		alterDatabase(how);
		alterDatabase("allow_connections true");
	}

	private void alterDatabase(String how) {
		this.admin.sql("alter database " + this.name + " " + how).update();
	}

	private Connection session(String url) throws SQLException {
		return DriverManager.getConnection(url, this.database.getUsername(), this.database.getPassword());
	}

	private int endSessions(String which) {
		return this.admin
			.sql("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = :name " + which)
			.param("name", this.name)
			.query(Integer.class)
			.single();
	}

	private static void assertUnavailable(HttpResponse<String> response) {
		assertThat(header(response, "Retry-After")).isEqualTo("5");
		problem(response, ProblemType.UNAVAILABLE);
	}

}
