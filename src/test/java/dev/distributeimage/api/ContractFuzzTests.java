package dev.distributeimage.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.distributeimage.api.contract.OpenApi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sends generated requests and checks that the contract allows every answer. The seed is
 * printed; {@code -Dfuzz.seed} repeats it, and {@code -Dfuzz.requests} sets the number of
 * requests.
 */
@ApiTest
class ContractFuzzTests {

	private static final int REQUESTS = Integer.getInteger("fuzz.requests", 3_000);

	private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

	private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";

	private static final String START = "POST /v1/runs" + HOST + "Content-Type: application/json\r\n";

	private final Map<String, Map<Integer, Integer>> statuses = new TreeMap<>();

	private final Set<String> problems = new TreeSet<>();

	private final FuzzRequests requests = new FuzzRequests(new Random(SEED));

	private int port;

	private int cut;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.port = port;
	}

	@Test
	void everyAnswerIsAllowed() throws IOException {
		System.out.printf("Fuzzing with -Dfuzz.seed=%d%n", SEED);
		try (Wire wire = new Wire(this.port)) {
			for (int i = 0; i < REQUESTS; i++) {
				FuzzRequest request = this.requests.next();
				try {
					tried(wire, request);
				}
				catch (AssertionError | RuntimeException | IOException ex) {
					throw new AssertionError("Request %d of -Dfuzz.seed=%d: %s".formatted(i, SEED, request), ex);
				}
			}
		}
		this.statuses.forEach((kind, counts) -> System.out.printf("%-10s %s%n", kind, counts));
		System.out.printf("Cut: %d. Problems: %s%n", this.cut, this.problems);
		everyProblemHasItsPage();
	}

	private void tried(Wire wire, FuzzRequest request) throws IOException {
		if (request.mayBeCut()) {
			triedToBeCut(request);
			return;
		}
		Wire.Answer answer = sent(wire, request);
		if (request.path().equals("/v1/runs") && request.method().equals("POST")) {
			checkStart(wire, request, answer);
		}
	}

	private void triedToBeCut(FuzzRequest request) {
		try {
			checked(request, Wire.sendAlone(this.port, request.bytes(), request.method()));
		}
		catch (IOException ex) {
			this.cut++;
		}
	}

	private Wire.Answer sent(Wire wire, FuzzRequest request) throws IOException {
		return checked(request, wire.send(request.bytes(), request.method()));
	}

	private Wire.Answer checked(FuzzRequest request, Wire.Answer answer) {
		this.statuses.computeIfAbsent(request.kind(), (kind) -> new TreeMap<>())
			.merge(answer.status(), 1, Integer::sum);
		assertThat(answer.status()).as(answer.body()).isLessThan(500);
		Contract.check(request.method(), request.path(), answer.status(), answer::header, answer.body());
		if (answer.status() >= 400 && !request.method().equals("HEAD")) {
			checkProblem(answer);
		}
		return answer;
	}

	private void checkProblem(Wire.Answer answer) {
		assertThat(answer.header("Content-Type")).contains("application/problem+json");
		JsonNode problem = JsonMapper.shared().readTree(answer.body());
		assertThat(Contract.violations(OpenApi.reference("Problem"), problem)).isEmpty();
		assertThat(problem.path("status").asInt()).isEqualTo(answer.status());
		assertThat(answer.body()).doesNotContain("Exception", "\tat ", "java.", "org.", "dev.distributeimage",
				"Tomcat");
		this.problems.add(problem.path("type").asString());
	}

	private void checkStart(Wire wire, FuzzRequest request, Wire.Answer answer) throws IOException {
		if (request.valid() != null) {
			assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		}
		if (answer.status() == 202) {
			checkRun(wire, request.tree(), answer);
		}
	}

	private void checkRun(Wire wire, JsonNode sent, Wire.Answer answer) throws IOException {
		assertThat(Contract.violations(OpenApi.reference("StartRun"), sent)).isEmpty();
		String path = answer.header("Location").orElseThrow();
		Wire.Answer got = sent(wire, new FuzzRequest("read back", "GET", path));
		assertThat(got.body()).isEqualTo(answer.body());
		JsonNode run = JsonMapper.shared().readTree(got.body());
		sent.properties().forEach((member) -> checkKept(run, member.getKey(), member.getValue()));
		this.requests.started(run.path("id").asString());
		if (sent.has("clientToken")) {
			assertThat(sent(wire, FuzzRequests.again(sent, true)).body()).isEqualTo(got.body());
			assertThat(sent(wire, FuzzRequests.again(sent, false)).status()).isEqualTo(409);
		}
	}

	private static void checkKept(JsonNode run, String name, JsonNode value) {
		switch (name) {
			case "deadline" -> assertThat(run.has(name)).isTrue();
			case "labels" -> assertThat(run.path(name)).isEqualTo(value);
			default -> assertThat(run.path("inputs").path(name)).as(name).isEqualTo(value);
		}
	}

	private void everyProblemHasItsPage() {
		Http http = new Http(this.port);
		this.problems.stream()
			.filter((type) -> !type.equals("about:blank"))
			.forEach((type) -> assertThat(http.get(type).statusCode()).as(type).isEqualTo(200));
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET /v1/runs HTTP/1.1\r\n\r\n", "GET /v1/runs HTTP/1.1 x\r\nHost: a\r\n\r\n",
			"GET /v1/runs HTTP/3\r\nHost: a\r\n\r\n", "GET /v1/runs http/1.1\r\nHost: a\r\n\r\n",
			"\u0016\u0003\u0001\u0002\0\r\n\r\n", "GE\0T /" + HOST + "\r\n", "G\u00c9T /" + HOST + "\r\n",
			"GET /\u00e9" + HOST + "\r\n", "GET /v1/runs/%2f" + HOST + "\r\n", "GET /a\tb" + HOST + "\r\n",
			"GET /" + HOST + " folded: x\r\n\r\n", "GET /" + HOST + "X : y\r\n\r\n", "GET /" + HOST + ": y\r\n\r\n",
			"GET /" + HOST + "X\r\n\r\n", "GET /" + HOST + "X: a\rb\r\n\r\n", "GET /" + HOST + "X: a\0\r\n\r\n",
			"GET /" + HOST + "Host: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a:99999x\r\n\r\n",
			START + "Content-Length: -1\r\n\r\n", START + "Content-Length: 1, 2\r\n\r\n",
			START + "Content-Length: 99999999999999999999\r\n\r\n",
			START + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
			START + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", START + "Transfer-Encoding: gzip\r\n\r\n",
			START + "Transfer-Encoding: chunked, gzip\r\n\r\n",
			START + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
			START + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
			START + "Transfer-Encoding: \u000bchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
			START + "Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
			START + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", START + "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
			START + "Transfer-Encoding: chunked\r\n\r\nffffffffffff\r\n{}",
			START + "Transfer-Encoding: chunked\r\n\r\n2;x=\"\r\n{}\r\n0\r\nX\r\n\r\n",
			START + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}", START + "Content-Length: 100\r\n\r\n{}",
			START + "Expect: x\r\nContent-Length: 2\r\n\r\n{}", "GET http://" + HOST + "\r\n",
			"CONNECT a:1" + HOST + "\r\n", "GET ?" + HOST + "\r\n", "GET #" + HOST + "\r\n",
			"GET /v1/runs#a" + HOST + "\r\n" })
	void brokenRequestIsRefusedWithProblem(String request) throws IOException {
		Wire.Answer answer = Wire.sendAlone(this.port, request.getBytes(StandardCharsets.ISO_8859_1), "GET");
		assertThat(answer.status()).isBetween(400, 499);
		checkProblem(answer);
	}

}
