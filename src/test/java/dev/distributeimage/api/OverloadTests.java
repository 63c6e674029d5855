package dev.distributeimage.api;

import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.run.queue.RunQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.simple.JdbcClient;

import static dev.distributeimage.api.Http.header;
import static dev.distributeimage.api.Http.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests a pool of ten connections, five of them for requests, while the database blocks
 * ten requests.
 */
@ApiTest
class OverloadTests {

	private static final int CONNECTIONS = 5;

	@Autowired
	private JdbcConnectionDetails database;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private RunQueue queue;

	private final Http http;

	OverloadTests(@LocalServerPort int port) {
		this.http = new Http(port);
	}

	@ParameterizedTest
	@CsvSource({ "GET, ''", "GET, /{id}", "GET, /{id}/events", "POST, /{id}/cancel", "POST, /{id}/retry" })
	void requestWithoutAConnectionIsOverloaded(String method, String path) throws SQLException {
		String uri = "/v1/runs" + path.replace("{id}", runId());
		whileAllConnectionsAreTaken(() -> {
			HttpResponse<String> refused = this.http.send(method, uri, "");
			problem(refused, ProblemType.OVERLOADED);
			assertThat(Integer.parseInt(header(refused, "Retry-After"))).isBetween(1, 5);
		});
	}

	@Test
	void startWhoseBatchIsOverdueIsOverloadedAndStoresNothing() throws SQLException {
		int before = runs();
		List<CompletableFuture<HttpResponse<String>>> starts = new ArrayList<>();
		whileEventsAreLocked(() -> {
			starts.add(this.http.postAsync("/v1/runs", Requests.withoutToken()));
			Awaitility.await().until(() -> waitingForLock() == 1);
			for (int i = 1; i < 2 * CONNECTIONS; i++) {
				starts.add(this.http.postAsync("/v1/runs", Requests.withoutToken()));
			}
			CompletableFuture<?>[] overdue = starts.subList(1, starts.size()).toArray(CompletableFuture<?>[]::new);
			CompletableFuture.allOf(overdue).join();
		});
		assertThat(starts.get(0).join().statusCode()).as("was inserted meanwhile").isIn(202, 503);
		assertThat(starts.subList(1, starts.size()))
			.allSatisfy((refused) -> problem(refused.join(), ProblemType.OVERLOADED));
		// Batches are inserted in turn, so that a withdrawn run would be stored before.
		runId();
		assertThat(runs()).isEqualTo(before + 2);
	}

	@Test
	void validateOnlyDoesNotSayThatTheDatabaseIsThere(@Autowired RequestLimiter limiter) throws SQLException {
		whileAllConnectionsAreTaken(() -> {
			unreachable(limiter);
			assertThat(this.http.post("/v1/runs?validateOnly=true", Requests.withoutToken()).body())
				.startsWith("{\"valid\":true,")
				.contains("The database could not be asked");
			problem(this.http.get("/v1/runs"), ProblemType.UNAVAILABLE);
		});
	}

	@Test
	void validationOfARunWithoutANameNeedsNoDatabase() throws SQLException {
		String reusing = Requests.withoutToken().replace("\"distributionName\": \"web\",", "");
		reusing = reusing.substring(0, reusing.lastIndexOf("\"distributions\"")) + """
				"distributionConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web" }""";
		String asked = reusing;
		whileAllConnectionsAreTaken(() -> assertThat(this.http.post("/v1/runs?validateOnly=true", asked).body())
			.isEqualTo("{\"valid\":true,\"warnings\":[]}"));
	}

	private static void unreachable(RequestLimiter limiter) {
		assertThatExceptionOfType(CannotGetJdbcConnectionException.class).isThrownBy(() -> limiter.queued(() -> {
			throw new CannotGetJdbcConnectionException("away");
		}));
	}

	@Test
	void engineAndHealthChecksGoOn() throws SQLException {
		runId();
		whileAllConnectionsAreTaken(() -> {
			assertThat(this.http.get("/readyz").statusCode()).isEqualTo(200);
			assertThat(this.http.get("/livez").statusCode()).isEqualTo(200);
			assertThat(this.queue.claim(1, 1, Duration.ofMinutes(1), this.queue.lowWaterMarks())).hasSize(1);
		});
	}

	@Test
	void callerThatWaitsForNewsTakesNoConnection() {
		String path = "/v1/runs/" + runId();
		List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
		for (int i = 0; i < 2 * CONNECTIONS; i++) {
			waiting.add(this.http.getAsync(path, "Prefer", "wait=3"));
		}
		assertThat(this.http.get(path).statusCode()).isEqualTo(200);
		assertThat(waiting).allSatisfy((response) -> assertThat(response.join().statusCode()).isEqualTo(200));
	}

	private void whileAllConnectionsAreTaken(Runnable asserted) throws SQLException {
		String history = "/v1/runs/" + runId() + "/events";
		List<CompletableFuture<HttpResponse<String>>> readers = new ArrayList<>();
		whileEventsAreLocked(() -> {
			for (int i = 0; i < 2 * CONNECTIONS; i++) {
				readers.add(this.http.getAsync(history));
			}
			Awaitility.await().until(() -> waitingForLock() == CONNECTIONS);
			asserted.run();
		});
		assertThat(readers.stream().filter((reader) -> reader.join().statusCode() == 200))
			.hasSizeGreaterThanOrEqualTo(CONNECTIONS);
	}

	// The lock blocks reads of the history and inserts. The engine continues.
	private void whileEventsAreLocked(Runnable asserted) throws SQLException {
		try (Connection connection = session(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("lock table run_event in access exclusive mode");
			asserted.run();
		}
	}

	private Connection session() throws SQLException {
		return DriverManager.getConnection(this.database.getJdbcUrl(), this.database.getUsername(),
				this.database.getPassword());
	}

	private int waitingForLock() {
		return this.jdbc.sql("""
				select count(*) from pg_stat_activity
				where datname = current_database() and wait_event_type = 'Lock'""").query(Integer.class).single();
	}

	private int runs() {
		return this.jdbc.sql("select count(*) from run").query(Integer.class).single();
	}

	private String runId() {
		return header(this.http.post("/v1/runs", Requests.withoutToken()), "Location").replaceFirst(".*/", "");
	}

}
