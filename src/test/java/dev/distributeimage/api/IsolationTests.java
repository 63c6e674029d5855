package dev.distributeimage.api;

import java.util.UUID;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.provider.SecuredPageTest;
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

/** Tests that an owner's runs are nobody else's to know of. */
@ApiTest
@TestPropertySource(properties = { "distribute-image.security.isolate=true", Requests.POLICY })
class IsolationTests implements SecuredPageTest {

	@Autowired
	private JdbcClient jdbc;

	private final String token = UUID.randomUUID().toString();

	private Http http;

	private Client web;

	private Client watcher;

	private String path;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		TestPostgres.empty(this.jdbc);
		this.http = new Http(port);
		this.web = client("web", "runs:read", "runs:write");
		this.watcher = client("watcher", "runs:read", "runs:write");
		this.path = this.web.start(Requests.withToken(this.token));
	}

	private Client client(String name, String... scopes) {
		return Client.of(this.http, PROVIDER, name, scopes);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/events", "/events?pageSize=1" })
	void anothersRunIsNotThere(String more) {
		JsonNode hidden = problem(this.watcher.get(this.path + more), ProblemType.NOT_FOUND);
		JsonNode missing = problem(this.watcher.get("/v1/runs/" + UUID.randomUUID() + more), ProblemType.NOT_FOUND);
		assertThat(hidden).isEqualTo(missing);
		assertThat(this.web.get(this.path + more).statusCode()).isEqualTo(200);
	}

	@Test
	void anothersRunIsNotThereForThoseWhoWait() {
		problem(this.watcher.get(this.path, "Prefer", "wait=5"), ProblemType.NOT_FOUND);
		problem(this.watcher.get(this.path + "/events", "Accept", "text/event-stream"), ProblemType.NOT_FOUND);
	}

	@Test
	void anothersHeavyRunIsNotThere() {
		this.jdbc.sql("update run_input set weight = 1000000").update();
		problem(this.watcher.get(this.path), ProblemType.NOT_FOUND);
		assertThat(this.web.get(this.path).statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/cancel", "/retry", "/retry?validateOnly=true", "/retry/validate" })
	void anothersRunIsNotThereToChange(String change) {
		problem(this.watcher.post(this.path + change, ""), ProblemType.NOT_FOUND);
		assertThat(client("watcher", "runs:operate").post(this.path + change, "").statusCode()).isNotIn(403, 404);
	}

	@Test
	void listHasTheOwnersRunsOnly() {
		this.watcher.start(Requests.withoutToken());
		for (String query : new String[] { "", "?owner=web", "?clientToken=" + this.token, "?status=RUNNING",
				"?createdBy=default/default/web" }) {
			assertThat(this.watcher.json("/v1/runs" + query).at("/items").valueStream())
				.allMatch((run) -> run.path("owner").asString().equals("watcher"));
		}
		assertThat(this.watcher.json("/v1/runs").at("/items")).hasSize(1);
		assertThat(this.watcher.json("/v1/runs?clientToken=" + this.token).at("/items")).isEmpty();
		assertThat(this.web.json("/v1/runs?clientToken=" + this.token).at("/items")).hasSize(1);
	}

	@Test
	void pageTokenIsItsOwners() {
		this.web.start(Requests.withoutToken());
		String next = this.web.json("/v1/runs?pageSize=1").path("nextPageToken").asString();
		assertThat(this.web.get("/v1/runs?pageToken=" + next).statusCode()).isEqualTo(200);
		problem(this.watcher.get("/v1/runs?pageToken=" + next), ProblemType.INVALID_PAGE_TOKEN);
	}

	@Test
	void anothersLeftoverIsNotThere() {
		String leftover = left();
		assertThat(this.web.json("/v1/leftovers").at("/items")).hasSize(1);
		assertThat(this.watcher.json("/v1/leftovers").at("/items")).isEmpty();
		for (String more : new String[] { "", "?validateOnly=true", "/validate" }) {
			problem(client("watcher", "runs:operate").post("/v1/leftovers/" + leftover + "/remove" + more, ""),
					ProblemType.NOT_FOUND);
		}
		assertThat(client("web", "runs:operate").post("/v1/leftovers/" + leftover + "/remove", "").statusCode())
			.isEqualTo(202);
		assertThat(this.web.json("/v1/leftovers").at("/items/0/removal/by").asString())
			.isEqualTo("default/default/web");
	}

	/** Lets the run end without an image. */
	private String left() {
		this.jdbc.sql("""
				update run set status = 'FAILED', step = 'createImage', distribution_configuration_arn = 'arn:c',
				  next_attempt_at = null, finished_at = now()""").update();
		return this.jdbc
			.sql("""
					insert into leftover (run_id, kind, reason, region, account, resource, owner)
					select run_id, 'distribution-configuration', 'create-image-failed', 'eu-west-1', '123456789012', 'arn:c', owner
					from run_input returning cast(id as text)""")
			.query(String.class)
			.single();
	}

	@Test
	void tokenOfAnothersRunTellsNothing() {
		JsonNode problem = problem(this.watcher.post("/v1/runs", Requests.withToken(this.token)),
				ProblemType.CLIENT_TOKEN_REUSED);
		assertThat(problem.has("run")).isFalse();
		assertThat(problem.path("detail").asString()).isEqualTo("The client token belongs to another run.");
	}

	@Test
	void warningAboutANameDoesNotNameAnothersRun() {
		String run = this.path.substring(this.path.lastIndexOf('/') + 1);
		for (String query : new String[] { "?validateOnly=true", "" }) {
			assertThat(this.web.post("/v1/runs" + query, Requests.withToken("web" + query.length())).body())
				.containsPattern("The run [0-9a-f-]{36} has this name");
			assertThat(this.watcher.post("/v1/runs" + query, Requests.withToken("watcher")).body())
				.contains("A run of another owner has this name")
				.doesNotContain(run);
		}
	}

}
