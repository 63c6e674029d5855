package dev.distributeimage.api;

import java.net.http.HttpResponse;
import java.util.UUID;

import dev.distributeimage.api.problem.ProblemType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.test.web.server.LocalServerPort;

import static dev.distributeimage.api.Http.json;
import static dev.distributeimage.api.Http.problem;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests the client token of requests that bring it as {@code Idempotency-Key}. */
@ApiTest
class IdempotencyKeyTests {

	private static final String KEY = "Idempotency-Key";

	private final String token = UUID.randomUUID().toString();

	private Http http;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
	}

	@Test
	void keyIsTheClientToken() {
		HttpResponse<String> started = start('"' + this.token + '"');
		assertThat(started.statusCode()).isEqualTo(202);
		assertThat(json(started).at("/inputs/clientToken").asString()).isEqualTo(this.token);
		assertThat(start('"' + this.token + '"').statusCode()).isEqualTo(200);
		assertThat(start(this.token).body()).as("without quotes").isEqualTo(started.body());
		assertThat(this.http.post("/v1/runs", Requests.withToken(this.token)).body()).as("in the body")
			.isEqualTo(started.body());
	}

	@Test
	void keyOfARunWithOtherInputsIs409() {
		start(this.token);
		problem(this.http.post("/v1/runs", Requests.withoutToken().replace("\"web\"", "\"other\""), KEY, this.token),
				ProblemType.CLIENT_TOKEN_REUSED);
	}

	@Test
	void keyMayStandBesideTheSameClientToken() {
		HttpResponse<String> both = this.http.post("/v1/runs", Requests.withToken(this.token), KEY, this.token);
		assertThat(both.statusCode()).isEqualTo(202);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v1/runs", "/v1/runs/validate", "/v1/runs?validateOnly=true" })
	void keyThatDiffersFromTheClientTokenIs400(String path) {
		HttpResponse<String> response = this.http.post(path, Requests.withToken(this.token), KEY, this.token + "x");
		refused(response, "Differs from the clientToken in the body.");
	}

	@Test
	void quotedTextIsUnescaped() {
		String quoted = "\" \\\" \\\\ " + this.token + "\"";
		assertThat(json(start(quoted)).at("/inputs/clientToken").asString()).isEqualTo(" \" \\ " + this.token);
	}

	@Test
	void textWithoutQuotesIsTakenAsItIs() {
		String text = "\\ \" " + this.token;
		assertThat(json(start(text)).at("/inputs/clientToken").asString()).isEqualTo(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\"\"", "\"", "\"a", "\"a\"b\"", "\"a\\b\"", "\"a\\\"", "\"a\";p=1", "a\tb",
			"12345678901234567890123456789012345678901234567890123456789012345" })
	void otherKeyIs400(String value) {
		refused(start(value), "Must have 1 to 64 characters of printable ASCII");
		refused(this.http.post("/v1/runs", Requests.withToken(this.token), KEY, value), "Must have 1 to 64");
	}

	@Test
	void keyThatIsNotAsciiIs400() {
		String body = Requests.withoutToken();
		assertThat(this.http.raw("POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
				+ "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n" + KEY
				+ ": \u00e9\r\n\r\n" + body))
			.startsWith("HTTP/1.1 400 ")
			.contains("\"parameter\":\"" + KEY + '"');
	}

	@Test
	void twoKeysAre400() {
		refused(this.http.post("/v1/runs", Requests.withoutToken(), KEY, "a", KEY, "a"), "only once");
	}

	@Test
	void keyIsRefusedTogetherWithTheBody() {
		JsonNode errors = problem(this.http.post("/v1/runs/validate", "{ \"nope\": 1 }", KEY, ""),
				ProblemType.INVALID_REQUEST)
			.path("errors");
		assertThat(errors.at("/0/parameter").asString()).isEqualTo(KEY);
		assertThat(errors).extracting((error) -> error.path("pointer").asString("")).contains("/nope");
	}

	private HttpResponse<String> start(String key) {
		return this.http.post("/v1/runs", Requests.withoutToken(), KEY, key);
	}

	private static void refused(HttpResponse<String> response, String detail) {
		JsonNode errors = problem(response, ProblemType.INVALID_REQUEST).path("errors");
		assertThat(errors).hasSize(1);
		assertThat(errors.at("/0/parameter").asString()).isEqualTo(KEY);
		assertThat(errors.at("/0/detail").asString()).contains(detail);
	}

}
