package dev.distributeimage.api;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;

import dev.distributeimage.api.problem.ProblemType;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static dev.distributeimage.api.Http.header;
import static dev.distributeimage.api.Http.json;
import static dev.distributeimage.api.Http.problem;
import static org.assertj.core.api.Assertions.assertThat;

@ApiTest
@NullUnmarked
class CancelAndRetryTests {

	@Autowired
	private JdbcClient jdbc;

	private Http http;

	private String path;

	@BeforeEach
	void start(@LocalServerPort int port) {
		this.http = new Http(port);
		this.path = header(this.http.post("/v1/runs", Requests.withToken(UUID.randomUUID().toString())), "Location");
	}

	@Test
	void cancelIs202AndTheRun() {
		HttpResponse<String> response = this.http.post(this.path + "/cancel", "");
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(json(response).path("cancelRequestedAt").isNull()).isFalse();
		assertThat(json(response).path("status").asString()).isEqualTo("RUNNING");
		assertThat(header(response, "ETag")).isEqualTo("W/\"3\"");
	}

	@Test
	void cancelAgainIs202AndChangesNothing() {
		JsonNode first = json(this.http.post(this.path + "/cancel", ""));
		HttpResponse<String> again = this.http.post(this.path + "/cancel", "");
		assertThat(again.statusCode()).isEqualTo(202);
		assertThat(json(again)).isEqualTo(first);
	}

	@Test
	void cancelOfACancelledRunIs200() {
		end("CANCELLED", "createImage", null);
		assertThat(this.http.post(this.path + "/cancel", "").statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@CsvSource({ "SUCCEEDED, AVAILABLE", "FAILED, FAILED" })
	void cancelOfARunThatEndedIs409(String status, String finalStatus) {
		end(status, "getImage", finalStatus);
		JsonNode problem = problem(this.http.post(this.path + "/cancel", ""), ProblemType.RUN_ENDED);
		assertThat(problem.path("run").asString()).isEqualTo(this.path);
		assertThat(problem.path("runStatus").asString()).isEqualTo(status);
	}

	@Test
	void cancelOfARunThatTimedOutTakesItUpAgain() {
		end("TIMED_OUT", "getImage", "DISTRIBUTING");
		HttpResponse<String> response = this.http.post(this.path + "/cancel", "");
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(json(response).path("status").asString()).isEqualTo("RUNNING");
		assertThat(json(response).path("outputs").path("finalStatus").isNull()).isTrue();
	}

	@Test
	void retryOfARunningRunIs409() {
		problem(this.http.post(this.path + "/retry", ""), ProblemType.RUN_NOT_ENDED);
		problem(this.http.post(this.path + "/retry?validateOnly=true", ""), ProblemType.RUN_NOT_ENDED);
	}

	@Test
	void retryOfARunThatSucceededIs409() {
		end("SUCCEEDED", "getImage", "AVAILABLE");
		problem(this.http.post(this.path + "/retry", ""), ProblemType.RUN_SUCCEEDED);
	}

	@Test
	void retryIs409AfterAHundred() {
		end("FAILED", "createImage", null);
		retriedBefore(99);
		assertThat(this.http.post(this.path + "/retry", "").statusCode()).isEqualTo(202);
		end("FAILED", "createImage", null);
		for (String path : List.of("/retry", "/retry/validate", "/retry?validateOnly=true")) {
			JsonNode problem = problem(this.http.post(this.path + path, ""), ProblemType.TOO_MANY_RETRIES);
			assertThat(problem.path("run").asString()).isEqualTo(this.path);
			assertThat(problem.path("detail").asString()).contains("100 times");
		}
		assertThat(json(this.http.get(this.path)).path("retries")).hasSize(100);
	}

	private void retriedBefore(int times) {
		this.jdbc.sql("""
				update run set retries = (
				  select jsonb_agg(jsonb_build_object('at', '2026-01-01T00:00:00Z', 'action', 'createImage',
				    'outputs', '{}'::jsonb, 'status', 'FAILED')) from generate_series(1, :times))
				where id = :id""")
			.param("times", times)
			.param("id", UUID.fromString(this.path.substring(this.path.lastIndexOf('/') + 1)))
			.update();
	}

	@ParameterizedTest
	@CsvSource({ "FAILED, createDistributionConfiguration, , createDistributionConfiguration",
			"TIMED_OUT, createImage, , createImage", "TIMED_OUT, getImage, BUILDING, getImage",
			"FAILED, getImage, DELETED, createImage", "FAILED, getImage, FAILED, retryImage",
			"CANCELLED, getImage, CANCELLED, retryImage" })
	void retryTellsBeforehandWhatItWouldDo(String status, String step, String finalStatus, String action) {
		end(status, step, finalStatus);
		JsonNode before = json(this.http.get(this.path));
		HttpResponse<String> response = this.http.post(this.path + "/retry?validateOnly=true", "");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(json(response).path("action").asString()).isEqualTo(action);
		assertThat(json(response).path("reason").asString()).endsWith(".");
		assertThat(this.http.post(this.path + "/retry/validate", "").body()).isEqualTo(response.body());
		assertThat(json(this.http.get(this.path))).isEqualTo(before);
	}

	@Test
	void retryIs202AndKeepsWhatWentBefore() {
		end("FAILED", "getImage", "FAILED");
		HttpResponse<String> response = this.http.post(this.path + "/retry", "");
		assertThat(response.statusCode()).isEqualTo(202);
		JsonNode run = json(response);
		assertThat(run.path("status").asString()).isEqualTo("RUNNING");
		JsonNode past = run.path("retries").get(0);
		assertThat(past.propertyNames()).containsExactlyInAnyOrder("at", "by", "action", "outputs", "status");
		assertThat(past.path("at").asString()).endsWith("Z");
		assertThat(past.path("by").isNull()).isTrue();
		assertThat(past.path("action").asString()).isEqualTo("retryImage");
		assertThat(past.path("status").asString()).isEqualTo("FAILED");
		assertThat(past.path("outputs").path("finalStatus").asString()).isEqualTo("FAILED");
	}

	/** Simulates a statement that began later and finished first. */
	@ParameterizedTest
	@ValueSource(strings = { "cancel", "retry" })
	void runNeverGetsOlder(String action) {
		end("TIMED_OUT", "getImage", "BUILDING");
		this.jdbc.sql("update run set updated_at = now() + interval '1 minute'").update();
		JsonNode before = json(this.http.get(this.path));
		JsonNode after = json(this.http.post(this.path + "/" + action, ""));
		assertThat(after.path("status").asString()).isEqualTo("RUNNING");
		assertThat(after.path("updatedAt")).isEqualTo(before.path("updatedAt"));
		JsonNode events = json(this.http.get(this.path + "/events")).path("items");
		assertThat(events.get(events.size() - 1).path("at")).isEqualTo(before.path("updatedAt"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "cancel", "retry" })
	void unknownRunIs404(String action) {
		problem(this.http.post("/v1/runs/01990000-0000-7000-8000-000000000000/" + action, ""), ProblemType.NOT_FOUND);
		problem(this.http.post("/v1/runs/4711/" + action, ""), ProblemType.NOT_FOUND);
	}

	@ParameterizedTest
	@ValueSource(strings = { "cancel", "retry" })
	void unknownParameterIs400(String action) {
		JsonNode problem = problem(this.http.post(this.path + "/" + action + "?force=true", ""),
				ProblemType.INVALID_REQUEST);
		assertThat(problem.path("errors").get(0).path("parameter").asString()).isEqualTo("force");
	}

	@ParameterizedTest
	@ValueSource(strings = { "cancel", "retry" })
	void otherMethodIs405(String action) {
		problem(this.http.get(this.path + "/" + action), ProblemType.METHOD_NOT_ALLOWED);
	}

	private void end(String status, String step, String finalStatus) {
		this.jdbc.sql("""
				update run set status = cast(:status as run_status), step = cast(:step as step_id),
				  final_status = :finalStatus, next_attempt_at = null, finished_at = now(),
				  distribution_configuration_arn = 'arn:configuration',
				  image_build_version_arn = case :step when 'getImage' then 'arn:image' end
				where id = :id""")
			.param("status", status)
			.param("step", step)
			.param("finalStatus", finalStatus)
			.param("id", UUID.fromString(this.path.substring("/v1/runs/".length())))
			.update();
	}

}
