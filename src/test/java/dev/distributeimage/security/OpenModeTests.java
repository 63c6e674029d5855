package dev.distributeimage.security;

import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import dev.distributeimage.startup.RefusedStartException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Tests requests that a web page of somebody else makes a browser send. */
@ApiTest
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(
		properties = { "distribute-image.security.open-hosts=Build.example.com, proxy.example.com:8443, [fd00::1]",
				"distribute-image.limits.starts=1", "distribute-image.limits.validations=1",
				"distribute-image.limits.runs-in-flight=1", "distribute-image.limits.open-requests=1",
				"distribute-image.limits.requests=1", "distribute-image.limits.burst=1" })
class OpenModeTests {

	@LocalServerPort
	private int port;

	@Autowired
	private JdbcClient jdbc;

	private Http http;

	@BeforeEach
	void setUp() {
		this.http = new Http(this.port);
	}

	@Test
	void limitsOfOwnersAreNotItsOwn() {
		for (int i = 0; i < 5; i++) {
			HttpResponse<String> started = this.http.post("/v1/runs", Requests.withoutToken());
			assertThat(started.statusCode()).isEqualTo(202);
			assertThat(Http.header(started, "RateLimit")).isEmpty();
			assertThat(this.http.post("/v1/runs?validateOnly=true", Requests.withoutToken()).statusCode())
				.isEqualTo(200);
			assertThat(this.http.get("/v1/runs").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "LocalHost:1", "127.0.0.1:8080", "[::1]", "[::1]:8080", "build.example.com",
			"BUILD.example.com:99", "proxy.example.com:8443", "[FD00::1]:8080" })
	void knownHostIsServed(String host) {
		assertThat(get("/v1/runs", "Host: " + host)).startsWith("HTTP/1.1 200 ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "rebind.evil.example", "rebind.evil.example:8080", "localhost.", "localhost.evil.example",
			"evil-localhost", "127.0.0.1.evil.example", "127.0.0.2", "0.0.0.0", "[0:0:0:0:0:0:0:1]", "[::]", "[::2]:1",
			"proxy.example.com", "proxy.example.com:84430", "", "1", "127.1" })
	void otherHostIsMisdirected(String host) {
		assertMisdirected(get("/v1/runs", "Host: " + host));
		assertMisdirected(get("/v1/runs", "Host: " + host, "X-Forwarded-Host: localhost", "Forwarded: host=localhost"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/v1/runs", "/v1/runs/x", "/nope", "/swagger-ui", "/swagger-ui/", "/v3/api-docs",
			"/arazzo.yml", "/imagebuilder-openapi.yml", "/problems/not-found", "/livez/", "/livez;a=b", "//livez",
			"/%6civez", "/x/../livez", "/readyz/x", "/error" })
	void nothingButProbesIsServedToAnotherHost(String path) {
		assertMisdirected(get(path, "Host: rebind.evil.example"));
	}

	@Test
	void hostOfTheRequestLineCounts() {
		assertMisdirected(raw("GET http://evil.example/v1/runs HTTP/1.1", "Host: evil.example"));
		assertMisdirected(raw("GET http://evil.example/v1/runs HTTP/1.0"));
		assertThat(raw("GET http://evil.example/v1/runs HTTP/1.1", "Host: localhost")).startsWith("HTTP/1.1 400 ");
		assertThat(raw("GET http://localhost/v1/runs HTTP/1.1", "Host: localhost")).startsWith("HTTP/1.1 200 ");
	}

	@Test
	void requestWithoutHostIsMisdirected() {
		assertMisdirected(raw("GET /v1/runs HTTP/1.0"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/livez", "/readyz", "/livez?x" })
	void probeMayHaveAnyHost(String path) {
		assertThat(get(path, "Host: 10.0.0.1")).startsWith("HTTP/1.1 200 ").endsWith("{\"status\":\"UP\"}");
		assertThat(raw("GET " + path + " HTTP/1.0")).startsWith("HTTP/1.1 200 ");
	}

	@Test
	void misdirectedStartStartsNothingAndReadsNoBody() {
		int before = runs();
		assertMisdirected(post("/v1/runs", Requests.withoutToken(), "Host: rebind.evil.example",
				"Origin: http://rebind.evil.example", "Content-Type: application/json"));
		assertMisdirected(raw("POST /v1/runs HTTP/1.1", "Host: rebind.evil.example", "Content-Length: 1000000",
				"Content-Type: application/json", "Expect: 100-continue"));
		assertThat(runs()).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: x",
			"Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site", "Origin: null", "Origin: http://evil.example",
			"Origin: http://localhost:1", "Origin: http://localhost.evil.example", "Origin:", "Origin: localhost:8080",
			"Origin: http://localhost:8080\r\nOrigin: http://evil.example",
			"Sec-Fetch-Site: same-origin\r\nOrigin: http://evil.example", "Sec-Fetch-Site: cross-site\r\nOrigin: null",
			"Sec-Fetch-Site: none\r\nOrigin: null" })
	void crossSiteCancelIsForbiddenAndNotCarriedOut(String headers) {
		String run = started();
		String refused = post(run + "/cancel", "", "Host: localhost:8080", headers);
		assertThat(refused).startsWith("HTTP/1.1 403 ")
			.contains("Content-Type: application/problem+json", "\"type\":\"/problems/forbidden\"");
		assertThat(this.http.get(run + "/events").body()).contains("ACCEPTED").doesNotContain("CANCEL");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v1/runs", "/v1/runs?validateOnly=true", "/v1/runs/x/retry", "/nope", "/livez" })
	void everyUnsafeMethodIsForbidden(String path) {
		for (String method : List.of("POST", "PUT", "PATCH", "DELETE", "FOO", "post")) {
			assertThat(raw(method + " " + path + " HTTP/1.1", "Host: localhost", "Sec-Fetch-Site: cross-site"))
				.startsWith("HTTP/1.1 403 ");
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "X: y", "Sec-Fetch-Site: none", "Sec-Fetch-Site: same-origin", "Origin: http://localhost:8080",
					"Origin: https://LOCALHOST:8080", "Sec-Fetch-Site: same-origin\r\nOrigin: http://localhost:8080",
					"Sec-Fetch-Site: same-origin\r\nOrigin: null" })
	void cancelByToolOrByPageOfThisServiceIsCarriedOut(String headers) {
		String run = started();
		assertThat(post(run + "/cancel", "", "Host: localhost:8080", headers)).startsWith("HTTP/1.1 202 ");
		assertThat(this.http.get(run + "/events").body()).contains("CANCEL_REQUESTED");
	}

	@Test
	void linkFromAnotherSiteIsFollowed() {
		assertThat(get("/swagger-ui/", "Host: localhost", "Sec-Fetch-Site: cross-site")).startsWith("HTTP/1.1 200 ");
	}

	@Test
	void issuerThatWouldHaveNoEffectIsRefused() {
		OAuth2ResourceServerProperties issuer = new OAuth2ResourceServerProperties();
		issuer.getJwt().setIssuerUri("https://issuer.example");
		assertThatExceptionOfType(RefusedStartException.class)
			.isThrownBy(() -> new OpenMode(open(), issuer, new ServerProperties()))
			.withMessage("distribute-image.security.open lets everybody do everything, although an issuer is set: "
					+ "set it to false, or remove the issuer.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://localhost", "*", "*.example.com", "a/b", "a:b", "", "::1" })
	void hostThatNoRequestCouldHaveIsRefused(String host) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new SecuritySettings(true, List.of(host), Map.of(), Map.of()))
			.withMessageContaining("distribute-image.security.open-hosts");
	}

	@Test
	void startWarnsThatEverybodyMayDoEverything(CapturedOutput output) throws Exception {
		openModeOn("127.0.0.1");
		assertThat(output.getOut().lines().toList()).last(InstanceOfAssertFactories.STRING)
			.contains(" WARN ", "Open mode: everybody on this machine may do everything");
	}

	@Test
	void startOnTheNetworkWarnsMore(CapturedOutput output) throws Exception {
		openModeOn("0.0.0.0");
		assertThat(output.getOut().lines().toList()).last(InstanceOfAssertFactories.STRING)
			.contains(" WARN ",
					"Open mode beyond this machine: everybody who reaches 0.0.0.0 may do everything in AWS");
	}

	private static void openModeOn(String address) throws Exception {
		ServerProperties server = new ServerProperties();
		server.setAddress(InetAddress.getByName(address));
		new OpenMode(open(), new OAuth2ResourceServerProperties(), server)
			.customize(new TomcatServletWebServerFactory());
	}

	private static SecuritySettings open() {
		return new SecuritySettings(true, List.of(), Map.of(), Map.of());
	}

	private String started() {
		return Http.header(this.http.post("/v1/runs", Requests.withoutToken()), "Location");
	}

	private int runs() {
		return this.jdbc.sql("select count(*) from run").query(Integer.class).single();
	}

	private static void assertMisdirected(String answer) {
		assertThat(answer).startsWith("HTTP/1.1 421 ")
			.contains("Content-Type: application/problem+json", "\"type\":\"/problems/misdirected\"");
	}

	private String get(String path, String... headers) {
		return raw("GET " + path + " HTTP/1.1", headers);
	}

	private String post(String path, String body, String... headers) {
		return this.http.raw("POST " + path + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\nContent-Length: "
				+ body.length() + "\r\nConnection: close\r\n\r\n" + body);
	}

	private String raw(String line, String... headers) {
		String all = (headers.length > 0) ? String.join("\r\n", headers) + "\r\n" : "";
		return this.http.raw(line + "\r\n" + all + "Connection: close\r\n\r\n");
	}

}
