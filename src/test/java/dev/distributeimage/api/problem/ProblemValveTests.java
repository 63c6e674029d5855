package dev.distributeimage.api.problem;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests requests that are refused before they reach the application. */
@ApiTest
class ProblemValveTests {

	private static final String HOST = "Host: localhost\r\nConnection: close\r\n";

	@LocalServerPort
	private int port;

	@Autowired
	private JdbcClient jdbc;

	@ParameterizedTest
	@ValueSource(strings = { "/v1/runs/%2F", "/v1/runs/%5C", "/v1/runs/a|b", "/v1/\u00c3\u00a9", "/%zz", "/%00",
			"/%c0%af", "/../..", "/v1/runs?a=\u00ff" })
	void targetThatTomcatRefusesIsProblem(String target) {
		assertBadRequest(raw("GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Host: a b\r\n", "Host: a\r\nHost: b\r\n", "", HOST + "X Y: z\r\n", HOST + "X: a\0b\r\n",
			HOST + "Content-Length: x\r\n", HOST + "Content-Length: 1\r\nContent-Length: 2\r\n" })
	void headerThatTomcatRefusesIsProblem(String headers) {
		assertBadRequest(raw("GET / HTTP/1.1\r\n" + headers + "\r\n"));
	}

	@Test
	void tooLongLineOrHeaderIsProblem() {
		assertBadRequest(raw("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\n" + HOST + "\r\n"));
		assertBadRequest(raw("GET / HTTP/1.1\r\n" + HOST + "X: " + "a".repeat(20_000) + "\r\n\r\n"));
	}

	@Test
	void garbageIsProblem() {
		assertBadRequest(raw("garbage\r\n\r\n"));
	}

	@Test
	void bodyInBadChunksIsProblem() {
		assertBadRequest(raw("POST /v1/runs HTTP/1.1\r\n" + HOST
				+ "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"));
	}

	@Test
	void bodyThatEndsTooEarlyStartsNothing() {
		int before = runs();
		raw("POST /v1/runs HTTP/1.1\r\n" + HOST + "Content-Type: application/json\r\nContent-Length: 9999\r\n\r\n"
				+ Requests.withoutToken());
		assertThat(runs()).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(strings = { "CONNECT a:1 HTTP/1.1", "CONNECT / HTTP/1.1", "GET / HTTP/9.9",
			"POST / HTTP/1.1\r\nTransfer-Encoding: gzip", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip" })
	void whatTomcatDoesNotSupportIsNoFaultOfTheService(String start) {
		assertBadRequest(raw(start + "\r\n" + HOST + "\r\n"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "TRACE / HTTP/1.1", "POST / HTTP/1.1\r\nExpect: x" })
	void anythingElseIsProblemToo(String start) {
		assertThat(raw(start + "\r\n" + HOST + "\r\n")).contains("Content-Type: application/problem+json")
			.doesNotContain("<html", "Tomcat");
	}

	@Test
	void bodyOverOneMebibyteIsReadableProblem() {
		String body = "{\"a\":\"" + "x".repeat(2 * 1024 * 1024 - 8) + "\"}";
		String start = "POST /v1/runs HTTP/1.1\r\n" + HOST + "Content-Type: application/json\r\n";
		assertThat(raw(start + "Content-Length: " + body.length() + "\r\n\r\n" + body)).startsWith("HTTP/1.1 413")
			.contains("/problems/too-large");
		HttpResponse<String> chunked = new Http(this.port).post("/v1/runs",
				HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString(body)));
		Http.problem(chunked, ProblemType.TOO_LARGE);
	}

	@Test
	void bodyOfOneMebibyteIsTaken() {
		String request = Requests.withoutToken();
		String body = request + " ".repeat(1024 * 1024 - request.length());
		assertThat(new Http(this.port).post("/v1/runs", body).statusCode()).isEqualTo(202);
		assertThat(new Http(this.port).post("/v1/runs", body + " ").statusCode()).isEqualTo(413);
	}

	private static void assertBadRequest(String response) {
		assertThat(response).startsWith("HTTP/1.1 400")
			.contains("Content-Type: application/problem+json\r\n", "\"type\":\"/problems/invalid-request\"");
	}

	private String raw(String request) {
		return new Http(this.port).raw(request);
	}

	private int runs() {
		return this.jdbc.sql("select count(*) from run").query(Integer.class).single();
	}

}
