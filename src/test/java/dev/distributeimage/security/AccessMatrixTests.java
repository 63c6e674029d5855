package dev.distributeimage.security;

import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Contract;
import dev.distributeimage.api.Contract.Operation;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.PlantedHandler;
import dev.distributeimage.api.Requests;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.caller.Scope;
import dev.distributeimage.provider.SecuredTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests who may do what: each operation of the contract, with each kind of token. */
@ApiTest
// As in TwoReplicasTests, so that they share a context.
@TestPropertySource(properties = { Requests.POLICY, "distribute-image.limits.runs-in-flight=20" })
class AccessMatrixTests implements SecuredTest {

	private Http http;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
	}

	@ParameterizedTest
	@EnumSource
	void tokenIsRefusedByEveryOperationThatTakesOne(RefusedToken token) {
		String bearer = "Bearer " + token.of(TOKENS);
		operations(true).forEach((operation) -> {
			HttpResponse<String> refused = send(operation, "Authorization", bearer);
			assertThat(Http.problem(refused, ProblemType.UNAUTHENTICATED).path("detail").asString())
				.contains(token.detail());
			assertThat(Http.header(refused, "WWW-Authenticate"))
				.isEqualTo("Bearer realm=\"distribute-image\", error=\"invalid_token\"");
		});
	}

	@ParameterizedTest
	@EnumSource
	void openOperationDoesNotLookAtTokens(RefusedToken token) {
		String bearer = "Bearer " + token.of(TOKENS);
		operations(false)
			.forEach((operation) -> assertThat(send(operation, "Authorization", bearer).statusCode()).isEqualTo(200));
	}

	@Test
	void nobodyIsAskedToSignIn() {
		operations(true).forEach((operation) -> {
			HttpResponse<String> refused = send(operation);
			Http.problem(refused, ProblemType.UNAUTHENTICATED);
			assertThat(Http.header(refused, "WWW-Authenticate")).isEqualTo("Bearer realm=\"distribute-image\"");
		});
		operations(false).forEach((operation) -> assertThat(send(operation).statusCode()).isEqualTo(200));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Basic d2ViOndlYg==", "Token x", "" })
	void otherAuthorizationIsNone(String value) {
		HttpResponse<String> refused = this.http.get("/v1/runs", "Authorization", value);
		Http.problem(refused, ProblemType.UNAUTHENTICATED);
		assertThat(Http.header(refused, "WWW-Authenticate")).doesNotContain("error");
	}

	@Test
	void twoAuthorizationHeadersAreRefused() {
		String good = good(Scope.READ);
		operations(true).forEach((operation) -> Http
			.problem(send(operation, "Authorization", good, "Authorization", good), ProblemType.INVALID_REQUEST));
	}

	@Test
	void tokenInTheQueryOrInAFormIsNone() {
		String token = good(Scope.READ).substring("Bearer ".length());
		Http.problem(this.http.get("/v1/runs?access_token=" + token), ProblemType.UNAUTHENTICATED);
		HttpResponse<String> form = this.http.post("/v1/runs", "access_token=" + token, "Content-Type",
				"application/x-www-form-urlencoded");
		Http.problem(form, ProblemType.UNAUTHENTICATED);
	}

	@ParameterizedTest
	@EnumSource
	void scopeLetsInWhereTheContractSaysSo(Scope scope) {
		operations(true).forEach((operation) -> {
			HttpResponse<String> answer = send(operation, "Authorization", good(scope));
			if (scopes(operation).contains(scope)) {
				assertThat(answer.statusCode()).as(operation.path()).isNotIn(401, 403);
			}
			else {
				assertThat(Http.problem(answer, ProblemType.FORBIDDEN).at("/errors/0/rule").asString())
					.isEqualTo("scope");
			}
		});
	}

	@Test
	void tokenWithoutScopesMayDoNothing() {
		String none = "Bearer " + TOKENS.with((claims) -> claims.claim("scope", null));
		String others = "Bearer " + TOKENS.with((claims) -> claims.claim("scope", "openid runs runs:read:all"));
		operations(true).forEach((operation) -> {
			Http.problem(send(operation, "Authorization", none), ProblemType.FORBIDDEN);
			Http.problem(send(operation, "Authorization", others), ProblemType.FORBIDDEN);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v1/runs", "/livez", "/v3/api-docs", "/problems/not-found" })
	void headIsWhatGetIs(String path) {
		int status = path.startsWith("/v1") ? 401 : 200;
		assertThat(this.http.send("HEAD", path, "").statusCode()).isEqualTo(status);
		assertThat(this.http.send("HEAD", path, "", "Authorization", good(Scope.READ)).statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v1/runs", "/v3/api-docs", "/livez", "/arazzo.yml" })
	void optionsTakeAnyCaller(String path) {
		Http.problem(this.http.send("OPTIONS", path, ""), ProblemType.UNAUTHENTICATED);
		for (Scope scope : Scope.values()) {
			assertThat(this.http.send("OPTIONS", path, "", "Authorization", good(scope)).statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/nope", "/", "/error", "/v1", "/v1/", "/v1/runs/", "/v1/runs/x/y", "/actuator/health",
			"/.well-known/oauth-protected-resource", "/login", "/logout", "/livez/x" })
	void unknownPathIs404ForCallersOnly(String path) {
		for (String method : List.of("GET", "POST", "DELETE", "OPTIONS")) {
			Http.problem(this.http.send(method, path, ""), ProblemType.UNAUTHENTICATED);
			Http.problem(this.http.send(method, path, "", "Authorization", good(Scope.READ)), ProblemType.NOT_FOUND);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "DELETE /v1/runs", "PUT /v3/api-docs", "POST /livez", "POST /problems/not-found" })
	void methodThatIsNotThereIs405ForCallersOnly(String request) {
		String[] parts = request.split(" ", 2);
		Http.problem(this.http.send(parts[0], parts[1], ""), ProblemType.UNAUTHENTICATED);
		Http.problem(this.http.send(parts[0], parts[1], "", "Authorization", good(Scope.OPERATE)),
				ProblemType.METHOD_NOT_ALLOWED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET //v1/runs", "GET /v1//runs", "GET /v1/runs;a=b", "GET /livez;a=b", "GET /v1/%2fruns",
			"GET /v1/runs/..%2f", "GET /v1/runs/%2e%2e/runs", "GET /v1/../v1/runs/%0a", "FOO /v1/runs" })
	void pathThatMightMeanAnotherIsRefused(String request) {
		for (String token : List.of("", "Authorization: " + good(Scope.READ) + "\r\n")) {
			assertThat(raw(request, token)).startsWith("HTTP/1.1 400 ")
				.contains("Content-Type: application/problem+json", "\"type\":\"/problems/invalid-request\"");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v1/runs", "/v1/runs/x/cancel", "/livez", "/v3/api-docs" })
	void traceIs405ForEverybody(String path) {
		for (String token : List.of("", "Authorization: " + good(Scope.READ) + "\r\n")) {
			assertThat(raw("TRACE " + path, token)).startsWith("HTTP/1.1 405 ").contains("\r\nAllow: ");
		}
		assertThat(raw("TRACE /nope", "")).startsWith("HTTP/1.1 401 ");
	}

	@Test
	void handlerMappedAfterTheStartIsClosed(@Autowired RequestMappingHandlerMapping requestMappingHandlerMapping) {
		new PlantedHandler("/late", () -> "late").in(requestMappingHandlerMapping,
				() -> Http.problem(this.http.get("/late", "Authorization", good(Scope.READ)), ProblemType.FORBIDDEN));
	}

	@Test
	void answersHaveEachSecurityHeaderOnce() {
		for (String answer : List.of(raw("GET /v1/runs", ""),
				raw("GET /v1/runs", "Authorization: " + good(Scope.WRITE) + "\r\n"), raw("GET //", ""))) {
			for (String header : Set.of("X-Content-Type-Options", "Cache-Control", "Content-Security-Policy",
					"Referrer-Policy", "Cross-Origin-Resource-Policy")) {
				assertThat(answer.split("\r\n" + header + ": ")).as(header).hasSize(2);
			}
			assertThat(answer).doesNotContain("X-Frame-Options", "X-XSS-Protection", "Expires:", "Pragma:",
					"Set-Cookie");
		}
	}

	@Test
	void refusalDoesNotQuoteTheHostNorTheToken() {
		String refused = this.http
			.raw("GET /v1/runs HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n" + "Authorization: Bearer "
					+ TOKENS.with((claims) -> claims.subject("").issuer(PROVIDER.issuer()).audience("secret-service"))
					+ "\r\n\r\n");
		assertThat(refused).startsWith("HTTP/1.1 401 ")
			.doesNotContain("evil.example", "secret-service", PROVIDER.issuer(), "resource_metadata");
	}

	@Test
	void checksThatFailAreToldTogether() {
		String token = TOKENS.with((claims) -> claims.subject("").audience("x"));
		assertThat(
				Http.problem(this.http.get("/v1/runs", "Authorization", "Bearer " + token), ProblemType.UNAUTHENTICATED)
					.path("detail")
					.asString())
			.contains("(aud)", "(sub)");
	}

	@Test
	void tokenOfSixKilobytesFits() {
		String token = TOKENS.with((claims) -> claims.claim("groups", "g".repeat(6000)));
		assertThat(this.http.get("/v1/runs", "Authorization", "Bearer " + token).statusCode()).isEqualTo(200);
		assertThat(this.http.get("/v1/runs", "Authorization", "Bearer " + "x".repeat(20_000)).statusCode())
			.isEqualTo(400);
	}

	@ParameterizedTest
	@ValueSource(strings = { "If-None-Match: \u0085", "X: \u0080\u009f", "Prefer: \u0081" })
	void strangeHeaderIsNoFault(String header) {
		assertThat(raw("GET /v1/runs/x", "Authorization: " + good(Scope.READ) + "\r\n" + header + "\r\n"))
			.startsWith("HTTP/1.1 404 ");
	}

	private static Stream<Operation> operations(boolean signIn) {
		return Contract.operations().stream().filter((operation) -> scopes(operation).isEmpty() != signIn);
	}

	private static Set<Scope> scopes(Operation operation) {
		return operation.node()
			.path("security")
			.valueStream()
			.flatMap((alternative) -> alternative.path("bearer").valueStream())
			.map((scope) -> Scope.of(scope.asString()).orElseThrow())
			.collect(Collectors.toCollection(() -> EnumSet.noneOf(Scope.class)));
	}

	private HttpResponse<String> send(Operation operation, String... headers) {
		String path = operation.path().replace("{id}", UUID.randomUUID().toString()).replace("{name}", "not-found");
		boolean hasBody = operation.node().has("requestBody");
		return hasBody ? this.http.post(path, "{}", headers) : this.http.send(operation.method(), path, "", headers);
	}

	private static String good(Scope scope) {
		return "Bearer " + TOKENS.with((claims) -> claims.claim("scope", "openid " + scope));
	}

	private String raw(String request, String headers) {
		return this.http.raw(request + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "Connection: close\r\n\r\n");
	}

}
