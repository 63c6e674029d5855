package dev.distributeimage.security;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

import com.nimbusds.jose.JWSAlgorithm;
import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.provider.OpenIdProvider;
import dev.distributeimage.provider.Tokens;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests several issuers, whose callers are recognised by claims. */
@ApiTest
@TestPropertySource(properties = { "distribute-image.security.open=false",
		"distribute-image.security.callers.web-release.issuer=pipelines",
		"distribute-image.security.callers.web-release.claims.repository_id=456789",
		"distribute-image.security.callers.web-release.claims.event_name[0]=push",
		"distribute-image.security.callers.web-release.claims.event_name[1]=workflow_dispatch",
		"distribute-image.security.callers.web-release.scopes=runs:read,runs:write",
		"distribute-image.security.callers.web-release.owner=web",
		"distribute-image.security.callers.web-release.policy=web", "distribute-image.policies.web.regions=eu-west-1",
		"distribute-image.security.callers.main.issuer=pipelines",
		"distribute-image.security.callers.main.scopes=runs:read",
		"distribute-image.security.callers.people.issuer=people",
		"distribute-image.security.callers.people.claims.groups=release,managers",
		"distribute-image.security.callers.people.claims.verified=true",
		"distribute-image.security.callers.people.scopes=runs:read,runs:operate" })
class CallersTests {

	private static final OpenIdProvider PIPELINES = OpenIdProvider.start();

	private static final OpenIdProvider PEOPLE = OpenIdProvider.start();

	private Http http;

	@DynamicPropertySource
	static void issuers(DynamicPropertyRegistry registry) throws Exception {
		registry.add("distribute-image.security.callers.main.claims.[https://claims.example/ref]",
				() -> "refs/heads/main");
		registry.add("distribute-image.security.issuers.pipelines.issuer", PIPELINES::issuer);
		registry.add("distribute-image.security.issuers.pipelines.jwk-set-uri", PIPELINES::keySet);
		registry.add("distribute-image.security.issuers.pipelines.audiences", () -> OpenIdProvider.AUDIENCE);
		Path key = Files.createTempFile("key", ".pem");
		key.toFile().deleteOnExit();
		Files.writeString(key,
				"-----BEGIN PUBLIC KEY-----\n"
						+ Base64.getMimeEncoder().encodeToString(PEOPLE.keys().elliptic().toECPublicKey().getEncoded())
						+ "\n-----END PUBLIC KEY-----\n");
		registry.add("distribute-image.security.issuers.people.issuer", PEOPLE::issuer);
		registry.add("distribute-image.security.issuers.people.public-key-location", () -> "file:" + key);
		registry.add("distribute-image.security.issuers.people.audiences", () -> OpenIdProvider.AUDIENCE);
		registry.add("distribute-image.security.issuers.people.algorithms", () -> "ES256");
	}

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
	}

	@Test
	void claimsMakeACaller() {
		String token = pipeline("456789", "push");
		assertThat(caller(token)).isEqualTo("pipelines/web-release/web web web runs:read runs:write");
	}

	@Test
	void claimMayHaveOneOfSeveralValues() {
		assertThat(caller(pipeline("456789", "workflow_dispatch"))).startsWith("pipelines/web-release/");
		assertNoCaller("no-caller", pipeline("456789", "pull_request"));
	}

	@Test
	void claimIsComparedAsAWhole() {
		for (String id : List.of("45678", "4567890", "456789 ", "*", "")) {
			assertNoCaller("no-caller", pipeline(id, "push"));
		}
		assertThat(caller(new Tokens(PIPELINES)
			.with((claims) -> claims.claim("repository_id", 456789).claim("event_name", "push").claim("scope", null))))
			.startsWith("pipelines/web-release/");
	}

	@Test
	void everyClaimHasToMatch() {
		assertNoCaller("no-caller", new Tokens(PIPELINES).with((claims) -> claims.claim("repository_id", "456789")));
	}

	@Test
	void claimWithASignInItsNameIsFound() {
		assertThat(caller(
				new Tokens(PIPELINES).with((claims) -> claims.claim("https://claims.example/ref", "refs/heads/main"))))
			.isEqualTo("pipelines/main/web main null runs:read");
	}

	@Test
	void tokenOfTwoCallersIsOfNone() {
		assertNoCaller("ambiguous-caller",
				new Tokens(PIPELINES).with((claims) -> claims.claim("repository_id", "456789")
					.claim("event_name", "push")
					.claim("https://claims.example/ref", "refs/heads/main")));
	}

	@Test
	void callerOfAnotherIssuerIsNone() {
		assertNoCaller("no-caller", person("push"));
		assertNoCaller("no-caller", new Tokens(PIPELINES)
			.with((claims) -> claims.claim("groups", "release,managers").claim("verified", true)));
	}

	@Test
	void listOfATokenHasOneValueThatMatchesAsAWhole() {
		assertThat(caller(person("guests", "release,managers"))).startsWith("people/people/web people null ");
		assertNoCaller("no-caller", person("release", "managers"));
	}

	@Test
	void scopesAreThoseOfBothCallerAndToken() {
		assertThat(caller(person("release,managers"))).endsWith("null runs:operate");
		Http.problem(this.http.get("/v1/runs", "Authorization", "Bearer " + person("release,managers")),
				ProblemType.FORBIDDEN);
	}

	@Test
	void tokenThatIsNobodysIsStillGood() {
		HttpResponse<String> refused = this.http.get("/nope", "Authorization", "Bearer " + pipeline("1", "push"));
		Http.problem(refused, ProblemType.FORBIDDEN);
		assertThat(refused.headers().firstValue("WWW-Authenticate")).isEmpty();
	}

	@Test
	void issuerDoesNotVouchForTheOther() {
		String forged = new Tokens(PIPELINES).with((claims) -> claims.issuer(PEOPLE.issuer()));
		Http.problem(post(forged, "/v1/runs/x/cancel"), ProblemType.UNAUTHENTICATED);
	}

	private static String pipeline(String repository, String event) {
		return new Tokens(PIPELINES).with(
				(claims) -> claims.claim("repository_id", repository).claim("event_name", event).claim("scope", null));
	}

	private static String person(String... groups) {
		return new Tokens(PEOPLE).elliptic(JWSAlgorithm.ES256,
				(claims) -> claims.claim("groups", List.of(groups))
					.claim("verified", true)
					.claim("scope", null)
					.claim("scp", List.of("runs:operate", "runs:write")));
	}

	private void assertNoCaller(String rule, String token) {
		HttpResponse<String> refused = this.http.get("/v1/runs", "Authorization", "Bearer " + token);
		assertThat(Http.problem(refused, ProblemType.FORBIDDEN).at("/errors/0/rule").asString()).isEqualTo(rule);
	}

	private HttpResponse<String> post(String token, String path) {
		return this.http.post(path, "", "Authorization", "Bearer " + token);
	}

	private String caller(String token) {
		return Http.header(this.http.send("OPTIONS", "/v1/runs", "", "Authorization", "Bearer " + token), "X-Caller");
	}

	/** Tells what the rest of the service learns of the caller. */
	@TestConfiguration(proxyBeanMethods = false)
	static class Mirror {

		@Bean
		Filter mirror() {
			return (request, response, chain) -> {
				Caller caller = Caller.of((HttpServletRequest) request);
				((HttpServletResponse) response)
					.setHeader("X-Caller", "%s %s %s %s".formatted(caller.createdBy(), caller.owner(), caller.policy(),
							caller.scopes().stream().sorted().map(Object::toString).collect(Collectors.joining(" "))));
				chain.doFilter(request, response);
			};
		}

	}

}
