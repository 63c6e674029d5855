package dev.distributeimage.api;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.watch.RunWaits;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static dev.distributeimage.api.Http.header;
import static dev.distributeimage.api.Http.json;
import static dev.distributeimage.api.Http.problem;
import static org.assertj.core.api.Assertions.assertThat;

@ApiTest
class RunControllerWaitTests {

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private RunWaits waits;

	@Autowired
	private HikariDataSource database;

	private Http http;

	private String path;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
		this.path = header(this.http.post("/v1/runs", Requests.withoutToken()), "Location");
		assertThat(this.waits.count()).isZero();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			status = 'FAILED', next_attempt_at = null, finished_at = now() | /status       | FAILED
			step = 'createImage', distribution_configuration_arn = 'arn:d' | /step         | createImage
			image_status = 'PENDING'                                       | /image/status | PENDING""")
	void getAnswersWhenAnotherReplicaChangesTheRun(String change, String pointer, String value) {
		var response = waiting("Prefer", "wait=30");
		change(change + ", last_event = 3");
		assertThat(response.join().statusCode()).isEqualTo(200);
		assertThat(json(response.join()).at(pointer).asString()).isEqualTo(value);
		assertThat(header(response.join(), "Preference-Applied")).isEqualTo("wait=30");
		assertThat(header(response.join(), "ETag")).isEqualTo("W/\"3\"");
	}

	@Test
	void getAnswersAfterItsTimeWhenNothingOfThatChanges() {
		var response = waiting("Prefer", "wait=5");
		change("last_event = 3");
		assertThat(response.join().statusCode()).isEqualTo(200);
		assertThat(header(response.join(), "ETag")).isEqualTo("W/\"3\"");
		assertThat(header(response.join(), "Retry-After")).isEqualTo("1");
		assertThat(this.waits.count()).isZero();
	}

	@Test
	void getWithETagAnswersWhenAnythingHappens() {
		var response = waiting("Prefer", "wait=30", "If-None-Match", "\"1\", W/\"2\"");
		change("last_event = 3");
		assertThat(response.join().statusCode()).isEqualTo(200);
		assertThat(header(response.join(), "ETag")).isEqualTo("W/\"3\"");
	}

	@Test
	void getWithETagIs304WhenNothingHappens() {
		HttpResponse<String> response = this.http.get(this.path, "Prefer", "wait=1", "If-None-Match", "W/\"2\"");
		assertThat(response.statusCode()).isEqualTo(304);
		assertThat(response.body()).isEmpty();
		assertThat(header(response, "Preference-Applied")).isEqualTo("wait=1");
		assertThat(header(response, "ETag")).isEqualTo("W/\"2\"");
	}

	@ParameterizedTest
	@ValueSource(strings = { "2", "\"", "" })
	void getWithWhatIsNoETagWaitsAsWithoutOne(String notATag) {
		HttpResponse<String> response = this.http.get(this.path, "Prefer", "wait=1", "If-None-Match", notATag);
		assertThat(response.statusCode()).isEqualTo(200);
	}

	@Test
	void getWithOtherETagAnswersAtOnce() {
		assertThat(this.http.get(this.path, "Prefer", "wait=30", "If-None-Match", "W/\"1\"").statusCode())
			.isEqualTo(200);
	}

	@Test
	void getOfEndedRunAnswersAtOnce() {
		change("status = 'FAILED', next_attempt_at = null, finished_at = now()");
		HttpResponse<String> response = this.http.get(this.path, "Prefer", "wait=100");
		assertThat(json(response).path("status").asString()).isEqualTo("FAILED");
		assertThat(header(response, "Preference-Applied")).isEqualTo("wait=60");
		assertThat(this.http.get(this.path, "Prefer", "wait=9", "If-None-Match", "W/\"2\"").statusCode())
			.isEqualTo(304);
		HttpResponse<String> head = this.http.send("HEAD", this.path, "", "Prefer", "wait=9");
		assertThat(head.statusCode()).isEqualTo(200);
		assertThat(head.body()).isEmpty();
	}

	@Test
	void getWithOtherPreferenceAnswersAtOnce() {
		HttpResponse<String> response = this.http.get(this.path, "Prefer", "wait=soon");
		assertThat(response.body()).isEqualTo(this.http.get(this.path).body());
		assertThat(header(response, "Preference-Applied")).isEmpty();
		assertThat(header(response, "Content-Type")).isEqualTo("application/json");
	}

	@Test
	void getThatCannotBeAnsweredDoesNotWait() {
		problem(this.http.get("/v1/runs/" + UUID.randomUUID(), "Prefer", "wait=9"), ProblemType.NOT_FOUND);
		problem(this.http.get(this.path + "?x=1", "Prefer", "wait=9"), ProblemType.INVALID_REQUEST);
		problem(this.http.get(this.path, "Prefer", "wait=9", "Accept", "text/html"), ProblemType.NOT_ACCEPTABLE);
		problem(this.http.post("/v1/runs", "{}", "Prefer", "wait=9"), ProblemType.INVALID_REQUEST);
	}

	@Test
	void startAnswersWhenRunHasEnded() {
		var response = this.http.postAsync("/v1/runs", Requests.withoutToken(), "Prefer", "wait=30");
		Awaitility.await().until(() -> this.waits.count() == 1);
		this.path = "/v1/runs/" + this.waits.runs().iterator().next();
		change("last_event = 3");
		change("status = 'CANCELLED', next_attempt_at = null, finished_at = now()");
		assertThat(response.join().statusCode()).isEqualTo(202);
		assertThat(json(response.join()).path("status").asString()).isEqualTo("CANCELLED");
		assertThat(header(response.join(), "Location")).isEqualTo(this.path);
		assertThat(header(response.join(), "Preference-Applied")).isEqualTo("wait=30");
	}

	@Test
	void startOfKnownRunIs200AfterItsTime() {
		String token = UUID.randomUUID().toString();
		this.http.post("/v1/runs", Requests.withToken(token));
		HttpResponse<String> again = this.http.post("/v1/runs", Requests.withToken(token), "Prefer", "wait=1");
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(json(again).path("status").asString()).isEqualTo("RUNNING");
		assertThat(this.http.post("/v1/runs?validateOnly=true", Requests.withToken(token), "Prefer", "wait=9").body())
			.startsWith("{\"valid\":true");
	}

	@Test
	void thousandWaitingCallersHoldNoThreadAndNoConnection(@LocalServerPort int port) throws IOException {
		List<Wire> callers = Stream.generate(() -> new Wire(port)).limit(1_000).toList();
		byte[] request = "GET %s HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=60\r\n\r\n".formatted(this.path)
			.getBytes(StandardCharsets.US_ASCII);
		try {
			int begun = 0;
			for (Wire caller : callers) {
				caller.write(request);
				begun++;
				// As many as are let in at once.
				if (begun % 10 == 0) {
					int expected = begun;
					Awaitility.await().until(() -> this.waits.count() == expected);
				}
			}
			assertThat(this.waits.runs()).hasSize(1);
			Awaitility.await().until(() -> this.database.getHikariPoolMXBean().getActiveConnections() == 0);
			assertThat(Thread.getAllStackTraces().values()).filteredOn(RunControllerWaitTests::isOurs)
				.hasSizeLessThan(5);
			change("step = 'createImage', distribution_configuration_arn = 'arn:d'");
			for (Wire caller : callers) {
				assertThat(caller.read("GET").status()).as("of caller %d", callers.indexOf(caller)).isEqualTo(200);
			}
			assertThat(this.waits.count()).isZero();
		}
		finally {
			for (Wire caller : callers) {
				caller.close();
			}
		}
	}

	// Idle pool threads have none of the service's classes on their stacks.
	private static boolean isOurs(StackTraceElement[] stack) {
		return Arrays.stream(stack)
			.anyMatch((element) -> element.getClassName().startsWith("dev.distributeimage.api.Run"));
	}

	private CompletableFuture<HttpResponse<String>> waiting(String... headers) {
		var response = this.http.getAsync(this.path, headers);
		Awaitility.await().until(() -> this.waits.count() == 1);
		return response;
	}

	private void change(String change) {
		this.jdbc.sql("update run set " + change + " where id = :id")
			.param("id", UUID.fromString(this.path.substring("/v1/runs/".length())))
			.update();
	}

}
