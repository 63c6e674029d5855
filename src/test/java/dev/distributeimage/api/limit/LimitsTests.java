package dev.distributeimage.api.limit;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Client;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.watch.RunWaits;
import dev.distributeimage.policy.Policies;
import dev.distributeimage.provider.SecuredTest;
import dev.distributeimage.provider.Tokens;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests limits per owner. Every test has owners of its own, and turns the clock. */
@ApiTest
@TestPropertySource(properties = { Requests.POLICY, "distribute-image.policies.default.limits.starts=4",
		"distribute-image.limits.validations=3", "distribute-image.limits.runs-in-flight=3",
		"distribute-image.limits.open-requests=2", "distribute-image.limits.requests=20",
		"distribute-image.limits.burst=40" })
class LimitsTests implements SecuredTest {

	private static final AtomicLong NANOS = new AtomicLong();

	private final String token = UUID.randomUUID().toString();

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private MeterRegistry metrics;

	private Http http;

	private Client web;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
		this.web = newOwner();
	}

	private Client newOwner() {
		String owner = UUID.randomUUID().toString();
		return new Client(this.http, new Tokens(PROVIDER).with((claims) -> claims.subject(owner)));
	}

	private static void pass(Duration time) {
		NANOS.addAndGet(time.toNanos());
	}

	private void endAll() {
		this.jdbc.sql("update run set status = 'FAILED', next_attempt_at = null, finished_at = now()").update();
		this.jdbc.sql("delete from run_in_flight").update();
	}

	private HttpResponse<String> start() {
		return this.web.post("/v1/runs", Requests.withoutToken());
	}

	private void useUpStarts() {
		for (int i = 0; i < 4; i++) {
			assertThat(start().statusCode()).isEqualTo(202);
			endAll();
		}
	}

	@Test
	void startBeyondTheQuotaIs429UntilThereIsMore() {
		for (int left = 3; left >= 0; left--) {
			assertState(start(), 202, "\"starts\";q=4;w=60", "\"starts\";r=" + left + ";t=15");
			endAll();
		}
		pass(Duration.ofSeconds(5));
		HttpResponse<String> refused = start();
		assertExceeded(refused, "starts");
		assertState(refused, 429, "\"starts\";q=4;w=60", "\"starts\";r=0;t=10");
		assertThat(Http.header(refused, "Retry-After")).isEqualTo("10");
		pass(Duration.ofSeconds(10));
		assertState(start(), 202, "\"starts\";q=4;w=60", "\"starts\";r=0;t=15");
	}

	@Test
	void everyAnswerToAStartTellsWhatIsLeft() {
		String body = Requests.withoutToken();
		assertUntouched(this.web.post("/v1/runs", "{}"), 400);
		assertUntouched(this.web.post("/v1/runs?dryRun=true", body), 400);
		assertUntouched(this.web.post("/v1/runs", body, "Accept", "text/csv"), 406);
		assertUntouched(this.http.send("POST", "/v1/runs", body, "Authorization", "Bearer " + this.web.token()), 415);
		Client reader = new Client(this.http,
				new Tokens(PROVIDER).with((claims) -> claims.subject(this.token).claim("scope", "runs:read")));
		assertUntouched(reader.post("/v1/runs", body), 403);
	}

	private static void assertUntouched(HttpResponse<String> response, int status) {
		assertState(response, status, "\"starts\";q=4;w=60", "\"starts\";r=4");
	}

	@Test
	void otherOwnersAreNotAffected() {
		useUpStarts();
		assertExceeded(start(), "starts");
		Client other = newOwner();
		assertState(other.post("/v1/runs", Requests.withoutToken()), 202, "\"starts\";q=4;w=60", "\"starts\";r=3;t=15");
	}

	@Test
	void repeatedStartIsNone() {
		String run = this.web.start(Requests.withToken(this.token));
		assertState(this.web.post("/v1/runs", Requests.withToken(this.token)), 200, "\"starts\";q=4;w=60",
				"\"starts\";r=3;t=15");
		endAll();
		for (int i = 0; i < 3; i++) {
			assertThat(start().statusCode()).isEqualTo(202);
			endAll();
		}
		HttpResponse<String> repeated = this.web.post("/v1/runs", Requests.withToken(this.token));
		assertState(repeated, 200, "\"starts\";q=4;w=60", "\"starts\";r=0;t=15");
		assertThat(repeated.body()).contains(run.substring(run.lastIndexOf('/') + 1));
		HttpResponse<String> reused = this.web.post("/v1/runs",
				Requests.withToken(this.token).replace("\"web\"", "\"app\""));
		assertState(reused, 409, "\"starts\";q=4;w=60", "\"starts\";r=0;t=15");
		HttpResponse<String> beyond = this.web.post("/v1/runs", Requests.withToken(this.token));
		assertExceeded(beyond, "validations");
		assertState(beyond, 429, "\"starts\";q=4;w=60, \"validations\";q=3;w=60",
				"\"starts\";r=0;t=15, \"validations\";r=0;t=20");
	}

	@Test
	void newRunWithATokenNeedsAStart() {
		useUpStarts();
		assertExceeded(this.web.post("/v1/runs", Requests.withToken(this.token)), "starts");
		pass(Duration.ofSeconds(15));
		assertThat(this.web.post("/v1/runs", Requests.withToken(this.token)).statusCode()).isEqualTo(202);
	}

	@Test
	void validationsHaveTheirOwnQuota() {
		String path = this.web.start(Requests.withoutToken()) + "/retry?validateOnly=true";
		endAll();
		assertThat(this.web.post(path, "").statusCode()).isEqualTo(200);
		for (int i = 0; i < 2; i++) {
			assertThat(validated().statusCode()).isEqualTo(200);
		}
		HttpResponse<String> refused = validated();
		assertExceeded(refused, "validations");
		assertState(refused, 429, "\"validations\";q=3;w=60", "\"validations\";r=0;t=20");
		assertExceeded(this.web.post(path, ""), "validations");
		assertThat(start().statusCode()).isEqualTo(202);
	}

	private HttpResponse<String> validated() {
		return this.web.post("/v1/runs?validateOnly=true", Requests.withoutToken());
	}

	@Test
	void startThatIsNotValidTakesNothing() {
		for (int i = 0; i < 5; i++) {
			assertState(this.web.post("/v1/runs", "{}"), 400, "\"starts\";q=4;w=60", "\"starts\";r=4");
		}
	}

	@Test
	void runBeyondThoseInFlightIs429UntilOneHasEnded() {
		for (int i = 0; i < 3; i++) {
			assertThat(start().statusCode()).isEqualTo(202);
		}
		HttpResponse<String> refused = start();
		assertExceeded(refused, "runs-in-flight");
		assertState(refused, 429, "\"starts\";q=4;w=60, \"runs-in-flight\";q=3",
				"\"starts\";r=1;t=15, \"runs-in-flight\";r=0");
		assertThat(newOwner().post("/v1/runs", Requests.withoutToken()).statusCode()).isEqualTo(202);
		endAll();
		assertThat(start().statusCode()).isEqualTo(202);
	}

	@Test
	void retryBeyondThoseInFlightIs429AndCancelIsNot() {
		String ended = this.web.start(Requests.withoutToken());
		endAll();
		String running = "";
		for (int i = 0; i < 3; i++) {
			running = this.web.start(Requests.withoutToken());
		}
		Client operator = newOwner();
		assertExceeded(operator.post(ended + "/retry", ""), "runs-in-flight");
		assertThat(this.web.post(running + "/cancel", "").statusCode()).isEqualTo(202);
		this.jdbc.sql("delete from run_in_flight").update();
		assertThat(operator.post(ended + "/retry", "").statusCode()).isEqualTo(202);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v1/runs", "/nope" })
	void requestBeyondTheBurstIs429UntilThereIsMore(String path) {
		for (int i = 0; i < 40; i++) {
			assertThat(this.web.get(path).statusCode()).isNotEqualTo(429);
		}
		HttpResponse<String> refused = this.web.get(path);
		assertExceeded(refused, "requests");
		assertState(refused, 429, "\"requests\";q=40;w=2", "\"requests\";r=0;t=1");
		assertThat(newOwner().get(path).statusCode()).isNotEqualTo(429);
		assertThat(this.http.get(path).statusCode()).as("not signed in").isEqualTo(401);
		assertThat(this.http.get("/livez").statusCode()).isEqualTo(200);
		pass(Duration.ofMillis(50));
		assertThat(this.web.get(path).statusCode()).isNotEqualTo(429);
		assertThat(this.web.get(path).statusCode()).isEqualTo(429);
	}

	@Test
	void refusedSignInsStay401HoweverManyTheyAre() {
		for (int i = 0; i < 60; i++) {
			assertThat(this.http.get("/v1/runs", "Authorization", "Bearer x.y.z").statusCode()).isEqualTo(401);
		}
	}

	@Test
	void waitsAndStreamsBeyondTheLimitAre429(@Autowired RunWaits waits) {
		String run = this.web.start(Requests.withoutToken());
		HttpResponse<Stream<String>> stream = this.http
			.lines(run + "/events", "Accept", "text/event-stream", "Authorization", "Bearer " + this.web.token())
			.join();
		CompletableFuture<HttpResponse<String>> wait = this.http.getAsync(run, "Prefer", "wait=60", "Authorization",
				"Bearer " + this.web.token());
		Awaitility.await().until(() -> waits.count() == 1);
		assertExceeded(this.web.get(run, "Prefer", "wait=1"), "open-requests");
		assertExceeded(this.web.get(run + "/events", "Accept", "text/event-stream"), "open-requests");
		assertThat(this.web.post("/v1/runs", Requests.withoutToken(), "Prefer", "wait=60").statusCode())
			.as("is told of its run at once")
			.isEqualTo(202);
		assertThat(newOwner().get(run, "Prefer", "wait=1").statusCode()).isEqualTo(200);
		endAll();
		assertThat(stream.body()).contains("event: ACCEPTED");
		assertThat(wait.join().statusCode()).isEqualTo(200);
		Awaitility.await().until(() -> this.web.get(run, "Prefer", "wait=1").statusCode(), (status) -> status == 200);
	}

	@Test
	void refusalsAreCounted() {
		double before = exceeded();
		IntStream.range(0, 43).forEach((i) -> this.web.get("/v1/runs"));
		assertThat(exceeded() - before).isEqualTo(3);
	}

	private double exceeded() {
		return this.metrics.counter("distribute.image.limits.exceeded", "limit", "requests").count();
	}

	private static void assertExceeded(HttpResponse<String> refused, String limit) {
		JsonNode problem = Http.problem(refused, ProblemType.QUOTA_EXCEEDED);
		assertThat(problem.at("/violated-policies").valueStream().map(JsonNode::asString)).isEqualTo(List.of(limit));
		assertThat(Http.header(refused, "Retry-After")).matches("[1-9][0-9]?");
	}

	private static void assertState(HttpResponse<String> response, int status, String policy, String state) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		assertThat(response.headers().allValues("RateLimit-Policy")).containsExactly(policy);
		assertThat(response.headers().allValues("RateLimit")).containsExactly(state);
	}

	/** Limits whose clock is turned by the test. */
	@TestConfiguration(proxyBeanMethods = false)
	static class Turned {

		@Bean
		@Primary
		CallerLimits turnedLimits(Policies policies, MeterRegistry metrics) {
			return new CallerLimits(policies, metrics, new TimeMeter() {

				@Override
				public long currentTimeNanos() {
					return NANOS.get();
				}

				@Override
				public boolean isWallClockBased() {
					return false;
				}

			});
		}

	}

}
