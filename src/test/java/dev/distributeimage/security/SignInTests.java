package dev.distributeimage.security;

import java.net.http.HttpResponse;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.provider.OpenIdProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests sign-in with one issuer, set by Spring's own properties. */
@ApiTest
@TestPropertySource(properties = "distribute-image.security.open=false")
class SignInTests {

	private static final OpenIdProvider PROVIDER = OpenIdProvider.start();

	private Http http;

	@DynamicPropertySource
	static void issuer(DynamicPropertyRegistry registry) {
		registry.add("spring.security.oauth2.resourceserver.jwt.issuer-uri", PROVIDER::issuer);
		registry.add("spring.security.oauth2.resourceserver.jwt.audiences", () -> OpenIdProvider.AUDIENCE);
	}

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
	}

	@Test
	void callerWithTheScopeIsLetIn() {
		HttpResponse<String> started = this.http.post("/v1/runs", Requests.withoutToken(), bearer("runs:write"));
		assertThat(started.statusCode()).isEqualTo(202);
		assertThat(this.http.get(Http.header(started, "Location"), bearer("runs:read")).statusCode()).isEqualTo(200);
	}

	@Test
	void callerWithAnotherScopeIsForbidden() {
		Http.problem(this.http.get("/v1/runs", bearer("runs:write")), ProblemType.FORBIDDEN);
	}

	@Test
	void nobodyIsLetInWithoutAToken() {
		HttpResponse<String> refused = this.http.get("/v1/runs");
		Http.problem(refused, ProblemType.UNAUTHENTICATED);
		assertThat(Http.header(refused, "WWW-Authenticate")).isEqualTo("Bearer realm=\"distribute-image\"");
	}

	private static String[] bearer(String... scopes) {
		return new String[] { "Authorization", "Bearer " + PROVIDER.token("web", scopes) };
	}

}
