package dev.distributeimage.security;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.nimbusds.jose.jwk.RSAKey;
import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.provider.Moods.Mood;
import dev.distributeimage.provider.OpenIdProvider;
import dev.distributeimage.provider.ProviderKeys;
import dev.distributeimage.provider.Tokens;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests sign-in with one issuer, a real one, set by Spring's own properties. */
@ApiTest
@TestPropertySource(properties = Requests.POLICY)
class SignInTests {

	private static final OpenIdProvider PROVIDER = OpenIdProvider.start();

	private static final Tokens TOKENS = new Tokens(PROVIDER);

	private Http http;

	@DynamicPropertySource
	static void issuer(DynamicPropertyRegistry registry) {
		PROVIDER.letCallersIn(registry);
	}

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
	}

	@AfterEach
	void providerIsWell() {
		PROVIDER.moods().become(Mood.WELL);
	}

	@Test
	void callerWithTheScopesIsLetIn() {
		String run = started();
		String token = PROVIDER.token("watcher", "runs:read", "runs:operate");
		assertThat(this.http.get(run, bearer(token)).statusCode()).isEqualTo(200);
		assertThat(this.http.post(run + "/cancel", "", bearer(token)).statusCode()).isEqualTo(202);
		assertThat(this.http.get(run + "/events", bearer(token)).body()).contains("CANCEL_REQUESTED");
	}

	@Test
	void tokenWithAKeyThatWasRotatedInIsAccepted() {
		String old = PROVIDER.token("web", "runs:read");
		PROVIDER.rotate();
		String fresh = PROVIDER.token("web", "runs:read");
		// A test before may have asked for the keys less than 30 s ago.
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> this.http.get("/v1/runs", bearer(fresh)).statusCode(), (status) -> status == 200);
		Http.problem(this.http.get("/v1/runs", bearer(old)), ProblemType.UNAUTHENTICATED);
	}

	@Test
	void hangingIssuerHoldsNobodyUp() {
		RSAKey invented = ProviderKeys.rsa();
		String good = TOKENS.with((claims) -> {
		});
		List<String> strange = IntStream.range(0, 200)
			.mapToObj((i) -> TOKENS.withKey(invented, UUID.randomUUID().toString()))
			.toList();
		PROVIDER.moods().become(Mood.HANGING);
		long begin = System.nanoTime();
		List<CompletableFuture<HttpResponse<String>>> strangers = strange.stream()
			.map((token) -> this.http.getAsync("/v1/runs", bearer(token)))
			.toList();
		for (int i = 0; i < 20; i++) {
			assertThat(this.http.get("/v1/runs", bearer(good)).statusCode()).isEqualTo(200);
		}
		assertThat(strangers).allSatisfy((one) -> assertThat(one.join().statusCode()).isIn(401, 503));
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
	}

	@Test
	void streamEndsWithItsToken() {
		HttpResponse<Stream<String>> stream = this.http
			.lines(started() + "/events", "Accept", "text/event-stream", "Authorization", "Bearer " + shortLived())
			.join();
		assertThat(stream.statusCode()).isEqualTo(200);
		List<String> lines = stream.body().toList();
		assertThat(lines).contains("event: ACCEPTED");
		assertThat(lines.subList(lines.size() - 2, lines.size())).containsExactly(": token expired", "");
	}

	@Test
	void streamGoesOnWithAnotherToken() {
		HttpResponse<Stream<String>> stream = this.http
			.lines(started() + "/events", "Accept", "text/event-stream", "Last-Event-ID", "1", "Authorization",
					"Bearer " + shortLived())
			.join();
		assertThat(stream.body()).contains("id: 2", ": token expired").doesNotContain("id: 1");
	}

	@Test
	void waitEndsWithItsToken() {
		String run = started();
		long begin = System.nanoTime();
		HttpResponse<String> waited = this.http.get(run, "Prefer", "wait=60", "Authorization",
				"Bearer " + shortLived());
		assertThat(waited.statusCode()).isEqualTo(200);
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofSeconds(1),
				Duration.ofSeconds(30));
	}

	@Test
	void waitIsAnsweredLongAfterTheTokenWasChecked() {
		HttpResponse<String> waited = this.http.get(started(), "Prefer", "wait=1", "Authorization",
				"Bearer " + PROVIDER.token("web", "runs:read"));
		assertThat(waited.statusCode()).isEqualTo(200);
		assertThat(Http.header(waited, "Preference-Applied")).isEqualTo("wait=1");
	}

	@Test
	void pageIsOffWithoutAWayToSignIn() {
		Http.problem(this.http.get("/runs", "Accept", "text/html"), ProblemType.UNAUTHENTICATED);
		Http.problem(this.http.get("/runs", bearer(PROVIDER.token("web", "runs:read"))), ProblemType.NOT_FOUND);
		assertThat(this.http.get("/problems/").statusCode()).isEqualTo(200);
	}

	private static String shortLived() {
		return TOKENS.with((claims) -> claims.expirationTime(Tokens.in(Duration.ofSeconds(3))));
	}

	private String started() {
		HttpResponse<String> started = this.http.post("/v1/runs", Requests.withoutToken(),
				bearer(PROVIDER.token("web", "runs:write")));
		assertThat(started.statusCode()).isEqualTo(202);
		return Http.header(started, "Location");
	}

	private static String[] bearer(String token) {
		return new String[] { "Authorization", "Bearer " + token };
	}

}
