package dev.distributeimage.security;

import java.net.http.HttpResponse;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.provider.Moods.Mood;
import dev.distributeimage.provider.OpenIdProvider;
import dev.distributeimage.provider.Tokens;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests a service that has started while its issuer was away, without documents. */
@ApiTest
@TestPropertySource(properties = { "distribute-image.security.open=false", "distribute-image.docs=off" })
class AwayIssuerTests {

	private static final OpenIdProvider PROVIDER = OpenIdProvider.start();

	private Http http;

	@DynamicPropertySource
	static void issuer(DynamicPropertyRegistry registry) {
		PROVIDER.moods().become(Mood.HANGING);
		registry.add("distribute-image.security.issuers.here.issuer", PROVIDER::issuer);
		registry.add("distribute-image.security.issuers.here.audiences", () -> OpenIdProvider.AUDIENCE);
	}

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
	}

	@Test
	void tokenCannotBeToldGoodFromBad() {
		String token = new Tokens(PROVIDER).with((claims) -> claims.subject("somebody"));
		HttpResponse<String> answer = this.http.get("/v1/runs", "Authorization", "Bearer " + token);
		assertThat(Http.problem(answer, ProblemType.UNAVAILABLE).path("detail").asString()).contains("keys");
		assertThat(Http.header(answer, "Retry-After")).isNotEmpty();
	}

	@Test
	void tokenOfNobodyIsRefusedAsEver() {
		Http.problem(this.http.get("/v1/runs", "Authorization", "Bearer x.y.z"), ProblemType.UNAUTHENTICATED);
		Http.problem(this.http.get("/v1/runs"), ProblemType.UNAUTHENTICATED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/livez", "/readyz", "/problems/unavailable" })
	void openPathIsServed(String path) {
		assertThat(this.http.get(path).statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v3/api-docs", "/v3/api-docs.yaml", "/swagger-ui/", "/swagger-ui/index.html",
			"/swagger-ui", "/arazzo.yml", "/imagebuilder-openapi.yml" })
	void documentsAreNotServedIfTheyAreOff(String path) {
		Http.problem(this.http.get(path), ProblemType.NOT_FOUND);
	}

}
