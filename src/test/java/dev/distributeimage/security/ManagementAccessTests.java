package dev.distributeimage.security;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.provider.SecuredTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests who may use the management port, from this machine and from another address,
 * where every proxy is trusted.
 */
@ApiTest
@TestPropertySource(properties = { "management.server.address=0.0.0.0", "server.forward-headers-strategy=native",
		"server.tomcat.remoteip.internal-proxies=0.0.0.0/0" })
class ManagementAccessTests implements SecuredTest {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	@LocalManagementPort
	private int port;

	private String elsewhere = "";

	@BeforeEach
	void setUp() throws Exception {
		this.elsewhere = NetworkInterface.networkInterfaces()
			.flatMap(NetworkInterface::inetAddresses)
			.filter((address) -> !address.isLoopbackAddress() && address.getAddress().length == 4)
			.map(InetAddress::getHostAddress)
			.findFirst()
			.orElse("");
		Assumptions.assumeFalse(this.elsewhere.isEmpty(), "This machine has only loopback addresses");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/health", "/health/liveness", "/health/readiness" })
	void healthIsOpenAndHasNoDetails(String path) throws Exception {
		for (@Nullable
		String token : new @Nullable String[] { null, "x.y.z" }) {
			HttpResponse<String> health = get(this.elsewhere, path, token);
			assertThat(health.statusCode()).isEqualTo(200);
			assertThat(health.body()).contains("\"status\":\"UP\"").doesNotContain("details", "components");
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "/info", "/metrics", "/metrics/jvm.threads.live", "/prometheus", "/sbom", "/nope", "/healthy" })
	void restTakesTheScopeFromElsewhere(String path) throws Exception {
		Http.problem(get(this.elsewhere, path, null), ProblemType.UNAUTHENTICATED);
		Http.problem(get(this.elsewhere, path, "x.y.z"), ProblemType.UNAUTHENTICATED);
		Http.problem(get(this.elsewhere, path, with("runs:read runs:write runs:operate")), ProblemType.FORBIDDEN);
		assertThat(get(this.elsewhere, path, with("actuator")).statusCode())
			.isEqualTo(path.startsWith("/nope") || path.equals("/healthy") ? 404 : 200);
	}

	@Test
	void addressThatAProxyGivesIsNotThisMachine() throws Exception {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://" + this.elsewhere + ":" + this.port + "/actuator/info"))
			.header("X-Forwarded-For", "127.0.0.1")
			.build();
		Http.problem(CLIENT.send(request, BodyHandlers.ofString()), ProblemType.UNAUTHENTICATED);
	}

	@ParameterizedTest
	@CsvSource({ "/info, 200", "/metrics, 200", "/health, 200", "/nope, 404" })
	void thisMachineNeedsNoToken(String path, int status) throws Exception {
		assertThat(get("127.0.0.1", path, null).statusCode()).isEqualTo(status);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v1/runs", "/v3/api-docs", "/livez" })
	void pathsOfTheApiAreNotThere(String path) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + this.elsewhere + ":" + this.port + path))
			.build();
		Http.problem(CLIENT.send(request, BodyHandlers.ofString()), ProblemType.UNAUTHENTICATED);
	}

	private static String with(String scopes) {
		return TOKENS.with((claims) -> claims.claim("scope", scopes));
	}

	private HttpResponse<String> get(String host, String path, @Nullable String token) throws Exception {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://" + host + ":" + this.port + "/actuator" + path));
		if (token != null) {
			request.header("Authorization", "Bearer " + token);
		}
		HttpResponse<String> answer = CLIENT.send(request.build(), BodyHandlers.ofString());
		assertThat(Http.header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
		return answer;
	}

}
