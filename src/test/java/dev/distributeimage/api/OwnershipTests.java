package dev.distributeimage.api;

import java.net.http.HttpResponse;
import java.util.UUID;
import java.util.stream.Stream;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.provider.SecuredTest;
import dev.distributeimage.retention.Removals;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static dev.distributeimage.api.Http.problem;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests whose runs are whose, with two owners. */
@ApiTest
// As in TwoReplicasTests, so that they share a context.
@TestPropertySource(properties = { Requests.POLICY, "distribute-image.limits.runs-in-flight=20" })
class OwnershipTests implements SecuredTest {

	@Autowired
	private JdbcClient jdbc;

	private final String token = UUID.randomUUID().toString();

	private Http http;

	private Client web;

	private Client watcher;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		TestPostgres.empty(this.jdbc);
		this.http = new Http(port);
		this.web = client("web", "runs:read", "runs:write");
		this.watcher = client("watcher", "runs:read", "runs:write");
	}

	private Client client(String name, String... scopes) {
		return Client.of(this.http, PROVIDER, name, scopes);
	}

	@Test
	void runIsItsCallersOwners() {
		JsonNode started = Http.json(this.web.post("/v1/runs", Requests.withoutToken()));
		assertThat(started.path("createdBy").asString()).isEqualTo("default/default/web");
		assertThat(started.path("owner").asString()).isEqualTo("web");
		String path = "/v1/runs/" + started.path("id").asString();
		assertThat(this.watcher.json(path)).as("not isolated").isEqualTo(started);
		assertThat(this.web.json(path + "/events")
			.at("/items")
			.valueStream()
			.map((event) -> event.path("by").asString(""))).containsExactly("default/default/web", "");
	}

	@Test
	void requestsAreTheirCallers() {
		String path = this.web.start(Requests.withoutToken());
		Client operator = client("watcher", "runs:operate");
		assertThat(operator.post(path + "/cancel", "").statusCode()).isEqualTo(202);
		this.jdbc.sql("update run set status = 'CANCELLED', next_attempt_at = null, finished_at = now()").update();
		assertThat(this.web.post(path + "/retry", "").statusCode()).isEqualTo(202);
		JsonNode events = this.web.json(path + "/events").at("/items");
		assertThat(by(events, "CANCEL_REQUESTED")).isEqualTo("default/default/watcher");
		assertThat(by(events, "RETRY_REQUESTED")).isEqualTo("default/default/web");
		assertThat(events.at("/4/by").isNull()).as("STEP_BEGUN is the service's").isTrue();
		assertThat(this.web.json(path).at("/retries/0/by").asString()).isEqualTo("default/default/web");
		assertThat(this.web.json(path).path("owner").asString()).isEqualTo("web");
	}

	private static String by(JsonNode events, String type) {
		return events.valueStream()
			.filter((event) -> event.path("type").asString().equals(type))
			.findFirst()
			.orElseThrow()
			.path("by")
			.asString();
	}

	@Test
	void cancelOfATimedOutRunIsItsCallers() {
		String path = this.web.start(Requests.withoutToken());
		this.jdbc.sql("""
				update run set status = 'TIMED_OUT', next_attempt_at = null, finished_at = now(), step = 'getImage',
				  distribution_configuration_arn = 'd', image_build_version_arn = 'i', image_status = 'BUILDING'""")
			.update();
		assertThat(this.web.post(path + "/cancel", "").statusCode()).isEqualTo(202);
		assertThat(by(this.web.json(path + "/events").at("/items"), "CANCEL_REQUESTED"))
			.isEqualTo("default/default/web");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/cancel", "/retry", "/retry?validateOnly=true", "/retry/validate" })
	void anothersRunIsChangedByOperatorsOnly(String change) {
		String path = this.web.start(Requests.withoutToken());
		JsonNode problem = problem(this.watcher.post(path + change, ""), ProblemType.FORBIDDEN);
		assertThat(problem.at("/errors/0/rule").asString()).isEqualTo("owner");
		problem(client("web", "runs:read").post(path + change, ""), ProblemType.FORBIDDEN);
		assertThat(client("watcher", "runs:operate").post(path + change, "").statusCode()).isNotEqualTo(403);
		assertThat(this.web.post(path + change, "").statusCode()).isNotEqualTo(403);
	}

	@Test
	void creatorAndOwnerFind() {
		this.watcher.start(Requests.withoutToken());
		this.web.start(Requests.withoutToken());
		assertThat(owners("?owner=web")).containsExactly("web");
		assertThat(owners("?createdBy=default/default/watcher")).containsExactly("watcher");
		assertThat(owners("?owner=web&status=RUNNING")).containsExactly("web");
		assertThat(owners("?owner=web&createdBy=default/default/watcher")).isEmpty();
		problem(this.web.get("/v1/runs?createdBy=%00"), ProblemType.INVALID_REQUEST);
		problem(this.web.get("/v1/runs?owner=%00"), ProblemType.INVALID_REQUEST);
	}

	private Stream<String> owners(String query) {
		return this.web.json("/v1/runs" + query).at("/items").valueStream().map((run) -> run.path("owner").asString());
	}

	@Test
	void tokenOfAnothersRunIsReused() {
		String path = this.web.start(Requests.withToken(this.token));
		JsonNode problem = problem(this.watcher.post("/v1/runs", Requests.withToken(this.token)),
				ProblemType.CLIENT_TOKEN_REUSED);
		assertThat(problem.path("run").asString()).isEqualTo(path);
		assertThat(problem.path("detail").asString()).contains("another owner");
		assertThat(this.web.post("/v1/runs", Requests.withToken(this.token)).statusCode()).isEqualTo(200);
	}

	@Test
	void tokenOfAnothersRemovedRunIsReused() {
		this.web.start(Requests.withToken(this.token));
		this.jdbc
			.sql("""
					update run set status = 'FAILED', next_attempt_at = null, finished_at = engine_now() - interval '91 days'""")
			.update();
		assertThat(new Removals(this.jdbc).look()).isOne();
		JsonNode problem = problem(this.watcher.post("/v1/runs", Requests.withToken(this.token)),
				ProblemType.CLIENT_TOKEN_REUSED);
		assertThat(problem.path("detail").asString()).isEqualTo("The client token belongs to another run.");
		problem(this.web.post("/v1/runs", Requests.withToken(this.token)), ProblemType.GONE);
	}

	@Test
	void callerThatMayNotReadIsNotToldOfTheRun() {
		this.web.start(Requests.withToken(this.token));
		HttpResponse<String> reused = client("watcher", "runs:write").post("/v1/runs", Requests.withToken(this.token));
		assertThat(problem(reused, ProblemType.CLIENT_TOKEN_REUSED).has("run")).isFalse();
		assertThat(reused.body()).doesNotContain("/v1/runs/").doesNotContain("web");
	}

}
