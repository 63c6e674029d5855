package dev.distributeimage.api;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.watch.RunWaits;
import dev.distributeimage.retention.Removals;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static dev.distributeimage.api.Http.header;
import static dev.distributeimage.api.Http.json;
import static dev.distributeimage.api.Http.problem;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests what callers are told of a run that was removed. */
@ApiTest
@NullUnmarked
class RemovedRunsTests {

	private static final String END = """
			update run set status = 'FAILED', next_attempt_at = null, finished_at = engine_now() - interval '91 days'""";

	@Autowired
	private JdbcClient jdbc;

	private Http http;

	private Removals removals;

	private String path;

	@BeforeEach
	void removeARun(@LocalServerPort int port) {
		TestPostgres.empty(this.jdbc);
		this.http = new Http(port);
		this.removals = new Removals(this.jdbc);
		this.path = header(this.http.post("/v1/runs", Requests.withToken("release-4711")), "Location");
		remove();
	}

	private void remove() {
		this.jdbc.sql(END).update();
		assertThat(this.removals.look()).isPositive();
	}

	@Test
	void startWithItsTokenIs410() {
		JsonNode problem = problem(this.http.post("/v1/runs", Requests.withToken("release-4711")), ProblemType.GONE);
		assertThat(problem.has("run")).isFalse();
		problem(this.http.post("/v1/runs", Requests.withoutToken(), "Idempotency-Key", "release-4711"),
				ProblemType.GONE);
		assertThat(json(this.http.get("/v1/runs")).at("/items")).isEmpty();
	}

	@Test
	void startWithItsTokenIs202OnceTheTokenIsFree() {
		this.jdbc.sql("update run_removed set token_kept_until = engine_now()").update();
		assertThat(this.http.post("/v1/runs", Requests.withToken("release-4711")).statusCode()).isEqualTo(202);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/events" })
	void readIs404(String what) {
		problem(this.http.get(this.path + what), ProblemType.NOT_FOUND);
	}

	@Test
	void resumedEventStreamIs404() {
		problem(this.http.get(this.path + "/events", "Accept", "text/event-stream", "Last-Event-ID", "2"),
				ProblemType.NOT_FOUND);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/cancel", "/retry", "/retry/validate" })
	void changeIs404(String change) {
		problem(this.http.post(this.path + change, ""), ProblemType.NOT_FOUND);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "?clientToken=release-4711", "?label=team:platform", "?region=eu-west-1",
			"?status=FAILED", "?distributionName=web", "?distributionNamePrefix=w",
			"?imageRecipeArn=arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web" })
	void listFindsTheOthersOnly(String filter) {
		assertThat(json(this.http.get("/v1/runs" + filter)).at("/items")).isEmpty();
	}

	@Test
	void pageTokenOutlivesTheRunsOfItsPage() {
		this.http.post("/v1/runs", Requests.withoutToken());
		String last = json(this.http.get("/v1/runs")).at("/items/0/id").asString();
		this.http.post("/v1/runs", Requests.withoutToken());
		String token = json(this.http.get("/v1/runs?pageSize=1")).path("nextPageToken").asString();
		this.jdbc.sql(END + " where id <> cast(:last as uuid)").param("last", last).update();
		assertThat(this.removals.look()).isOne();
		assertThat(json(this.http.get("/v1/runs?pageSize=1&pageToken=" + token)).at("/items/0/id").asString())
			.isEqualTo(last);
	}

	@Test
	void openStreamEndsWithTheRun(@Autowired DataSource dataSource) throws SQLException {
		String one = header(this.http.post("/v1/runs", Requests.withoutToken()), "Location");
		var stream = this.http.lines(one + "/events", "Accept", "text/event-stream").join();
		endAndRemove(dataSource);
		assertThat(stream.body().filter((line) -> line.startsWith("id:"))).containsExactly("id: 1", "id: 2");
	}

	@Test
	void waitEndsWithTheRun(@Autowired DataSource dataSource, @Autowired RunWaits waits) throws SQLException {
		String one = header(this.http.post("/v1/runs", Requests.withoutToken()), "Location");
		var waiting = this.http.getAsync(one, "Prefer", "wait=60");
		Awaitility.await().until(() -> waits.count() == 1);
		endAndRemove(dataSource);
		problem(waiting.join(), ProblemType.NOT_FOUND);
	}

	// Nobody has seen the run end.
	private void endAndRemove(DataSource dataSource) throws SQLException {
		try (Connection connection = dataSource.getConnection()) {
			connection.setAutoCommit(false);
			connection.createStatement().execute(END);
			assertThat(Removals.within(connection)).isOne();
			connection.commit();
			connection.setAutoCommit(true);
		}
	}

}
