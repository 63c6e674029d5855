package dev.distributeimage.security;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import dev.distributeimage.api.Wire;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what every answer has, on both ports, whoever in the service makes it. */
@ApiTest
class WireAdapterTests {

	private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

	private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	private Http api;

	private Http management;

	@BeforeEach
	void setUp(@LocalServerPort int port, @LocalManagementPort int managementPort) {
		this.api = new Http(port);
		this.management = new Http(managementPort);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			value = { "200 | GET /v1/runs", "200 | HEAD /v1/runs", "200 | OPTIONS /v1/runs", "200 | OPTIONS *",
					"200 | GET /livez", "200 | GET /readyz", "200 | GET /v3/api-docs.yaml", "200 | GET /v3/api-docs",
					"400 | GET /v1/runs?x", "400 | GET /%zz", "400 | GET /v1/runs/%2F", "400 | CONNECT a:1",
					"404 | GET /nope", "404 | HEAD /nope", "404 | OPTIONS /nope", "404 | GET /v1/runs/x",
					"404 | GET /error", "404 | GET /actuator/health", "405 | DELETE /v1/runs", "405 | TRACE /v1/runs",
					"405 | POST /livez" })
	void answerHasSecurityHeaders(int status, String request) {
		assertHeaders(status, this.api.raw(request + HOST + "\r\n"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "200 | GET /actuator/health", "200 | GET /actuator/health/liveness",
					"200 | GET /actuator/health/readiness", "200 | GET /actuator/info", "200 | GET /actuator/metrics",
					"200 | HEAD /actuator/health", "200 | OPTIONS /actuator/health", "200 | OPTIONS *",
					"400 | GET /%zz", "404 | GET /", "404 | GET /actuator", "404 | GET /error", "404 | GET /v1/runs",
					"404 | GET /actuator/metrics/nope", "404 | GET /actuator/env", "405 | POST /actuator/health",
					"405 | TRACE /actuator/health" })
	void answerOfManagementHasSecurityHeaders(int status, String request) {
		String answer = this.management.raw(request + HOST + "\r\n");
		assertHeaders(status, answer);
		if (status >= 400) {
			assertThat(answer).contains("Content-Type: application/problem+json", "\"type\":\"/problems/");
		}
	}

	@Test
	void answerToABodyHasSecurityHeaders() {
		assertHeaders(202, post("application/json", Requests.withoutToken()));
		assertHeaders(400, post("application/json", "{"));
		assertHeaders(413, post("application/json", " ".repeat(1024 * 1024 + 1)));
		assertHeaders(415, post("text/plain", "{}"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "403 | POST /v1/runs | Sec-Fetch-Site: cross-site", "406 | GET /v1/runs | Accept: text/html",
					"417 | POST /v1/runs | Expect: x",
					"304 | GET /arazzo.yml | If-Modified-Since: Sun, 01 Jan 2999 00:00:00 GMT",
					"304 | GET /swagger-ui/swagger-ui.css | If-Modified-Since: Sun, 01 Jan 2999 00:00:00 GMT" })
	void answerToAHeaderHasSecurityHeaders(int status, String request, String header) {
		assertHeaders(status, this.api.raw(request + HOST + header + "\r\n\r\n"));
	}

	@Test
	void traceOfTheCallerIsEchoedAndInEveryLineOfItsRequest() {
		ListAppender<ILoggingEvent> lines = new ListAppender<>();
		Logger logger = (Logger) LoggerFactory.getLogger("audit");
		lines.start();
		logger.addAppender(lines);
		try {
			HttpResponse<String> traced = this.api.post("/v1/runs", Requests.withoutToken(), "traceparent", TRACE,
					"X-Request-Id", "traced");
			HttpResponse<String> next = this.api.post("/v1/runs", Requests.withoutToken(), "X-Request-Id", "next");
			assertThat(traced.headers().allValues("traceparent")).containsExactly(TRACE);
			assertThat(next.headers().allValues("traceparent")).isEmpty();
			assertThat(lines.list).extracting(ILoggingEvent::getMDCPropertyMap)
				.contains(Map.of("requestId", "traced", "traceId", "0af7651916cd43dd8448eb211c80319c"),
						Map.of("requestId", "next"));
		}
		finally {
			logger.detachAppender(lines);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET /v1/runs", "GET /nope", "GET /%zz", "TRACE /v1/runs" })
	void everyAnswerEchoesTheTrace(String request) {
		assertThat(this.api.raw(request + HOST + "traceparent: " + TRACE + "\r\n\r\n"))
			.contains("\r\ntraceparent: " + TRACE + "\r\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "traceparent: x", "traceparent: " + TRACE + "\r\ntraceparent: " + TRACE })
	void traceThatIsNoneIsIgnored(String header) {
		assertThat(this.api.raw("GET /v1/runs" + HOST + header + "\r\n\r\n")).startsWith("HTTP/1.1 200")
			.doesNotContain("traceparent");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "421 | GET / HTTP/1.1", "505 | GET / HTTP/9.9", "400 | G\u00c9T / HTTP/1.1" })
	void refusedRequestLineIsAnsweredWithSecurityHeaders(int status, String line) {
		assertHeaders((status == 505) ? 400 : status, this.api.raw(line + "\r\nHost: evil.example\r\n\r\n"));
	}

	@Test
	void streamHasSecurityHeaders() throws IOException {
		String run = Http.header(this.api.post("/v1/runs", Requests.withoutToken()), "Location");
		String request = "GET " + run + "/events" + HOST + "Accept: text/event-stream\r\n\r\n";
		try (Wire wire = new Wire(this.api.port())) {
			Wire.Answer answer = wire.send(request.getBytes(StandardCharsets.US_ASCII), "GET");
			assertThat(answer.header("Content-Type"))
				.hasValueSatisfying((type) -> assertThat(type).startsWith("text/event-stream"));
			StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " \r\n");
			answer.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
			assertHeaders(200, head + "\r\n");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/arazzo.yml", "/imagebuilder-openapi.yml", "/swagger-ui/", "/swagger-ui/index.html",
			"/swagger-ui/swagger-initializer.js", "/swagger-ui/swagger-ui.css" })
	void fileMayBeKeptAndIsAskedFor(String path) {
		assertThat(this.api.raw("GET " + path + HOST + "\r\n")).startsWith("HTTP/1.1 200 ")
			.contains("Cache-Control: no-cache\r\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/swagger-ui/", "/swagger-ui/index.html", "/swagger-ui/swagger-ui.css" })
	void swaggerUiHasAPolicyOfItsOwnAndNothingInline(String path) {
		String page = this.api.raw("GET " + path + HOST + "\r\n");
		assertThat(page).contains("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
				+ "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
				+ "frame-ancestors 'none'\r\n");
		assertThat(page).doesNotContain("<style", "<script>", " style=", " onload=", "<base");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/swagger-ui", "/swagger-ui.html" })
	void redirectIsRelative(String path) {
		assertThat(this.api.raw("GET " + path + HOST + "\r\n")).startsWith("HTTP/1.1 302 ")
			.contains("Location: /swagger-ui/\r\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET /v1/runs\r\n", "GET /v1/runs\n", "GET /livez\r\n", "GET /actuator/health\r\n",
			"POST /v1/runs\r\n\r\n", "GET /\r\nHost: localhost\r\n\r\n" })
	void http09IsNotAnswered(String request) {
		assertThat(this.api.raw(request)).isEmpty();
		assertThat(this.management.raw(request)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "/v1/runs, GET HEAD OPTIONS POST", "/v1/runs/x, GET HEAD OPTIONS", "/v1/runs/x/cancel, OPTIONS POST",
			"/v1/runs/x/events, GET HEAD OPTIONS", "/livez, GET HEAD OPTIONS", "/arazzo.yml, GET HEAD OPTIONS",
			"/swagger-ui/index.html, GET HEAD OPTIONS", "/problems/not-found, GET HEAD OPTIONS" })
	void traceIs405AndAllowIsTrue(String path, String allowed) {
		assertAllowed(allowed, 405, this.api.raw("TRACE " + path + HOST + "X-Secret: 4711\r\n\r\n"));
		assertAllowed(allowed, 200, this.api.raw("OPTIONS " + path + HOST + "\r\n"));
	}

	@Test
	void traceOfManagementIs405AndAllowIsTrue() {
		assertAllowed("GET HEAD OPTIONS", 405,
				this.management.raw("TRACE /actuator/health" + HOST + "X-Secret: 4711\r\n\r\n"));
	}

	@Test
	void serverAsAWholePromisesNoMethod() {
		assertThat(this.api.raw("OPTIONS *" + HOST + "\r\n")).startsWith("HTTP/1.1 200 ").doesNotContain("Allow:");
	}

	@Test
	void managementServesAnyHost() {
		assertThat(this.management.raw("GET /actuator/health HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 200 ");
	}

	@Test
	void infoIsTheCommitAndTheJavaAndNoTimeOfBuild() {
		String info = this.management.raw("GET /actuator/info" + HOST + "\r\n");
		assertThat(info).contains("\"version\":", "\"artifact\":\"distribute-image\"", "\"java\":")
			.doesNotContain("\"os\"", "branch");
		assertThat(info.replaceFirst("\"git\":\\{\"commit\":\\{[^}]*}}", "")).doesNotContain("\"time\"");
	}

	private static void assertAllowed(String allowed, int status, String answer) {
		assertThat(answer).startsWith("HTTP/1.1 " + status).doesNotContain("4711");
		String allow = answer.lines().filter((line) -> line.startsWith("Allow: ")).findFirst().orElseThrow();
		assertThat(new TreeSet<>(Set.of(allow.substring(7).split(", ?")))).containsExactly(allowed.split(" "));
	}

	private String post(String type, String body) {
		return this.api.raw("POST /v1/runs" + HOST + "Content-Type: " + type + "\r\nContent-Length: " + body.length()
				+ "\r\n\r\n" + body);
	}

	private static void assertHeaders(int status, String answer) {
		String head = answer.substring(0, answer.indexOf("\r\n\r\n") + 2).toLowerCase(Locale.ROOT);
		assertThat(head).startsWith("http/1.1 " + status + " ")
			.contains("\r\nx-content-type-options: nosniff\r\n", "\r\nreferrer-policy: no-referrer\r\n",
					"\r\ncross-origin-resource-policy: same-origin\r\n",
					"\r\ncontent-security-policy: default-src 'none'; ", "frame-ancestors 'none'\r\n")
			.containsPattern("\r\ncache-control: no-(store|cache)\r\n")
			.doesNotContain("strict-transport-security", "\r\nserver:", "x-powered-by", "access-control-");
	}

}
