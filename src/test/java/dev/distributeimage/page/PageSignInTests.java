package dev.distributeimage.page;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Client;
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

/** Tests the page where people sign in, with a real provider. */
@ApiTest
@TestPropertySource(properties = { "distribute-image.security.open=false", Requests.POLICY })
class PageSignInTests {

	private static final OpenIdProvider PROVIDER = OpenIdProvider.start();

	private static final String CLIENT = "spring.security.oauth2.client.";

	private Client pipeline;

	private Http http;

	private Visitor visitor;

	@DynamicPropertySource
	static void settings(DynamicPropertyRegistry registry) {
		registry.add("spring.security.oauth2.resourceserver.jwt.issuer-uri", PROVIDER::issuer);
		registry.add("spring.security.oauth2.resourceserver.jwt.audiences", () -> OpenIdProvider.AUDIENCE);
		registry.add(CLIENT + "provider.idp.issuer-uri", PROVIDER::issuer);
		registry.add(CLIENT + "registration.idp.client-id", () -> "page");
		registry.add(CLIENT + "registration.idp.client-secret", () -> "page-secret");
		registry.add(CLIENT + "registration.idp.scope", () -> "openid,runs:read,runs:write");
	}

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
		this.visitor = new Visitor(port);
		this.pipeline = Client.of(this.http, PROVIDER, "web", "runs:read", "runs:write");
	}

	@Test
	void personSignsInAndIsWhereTheyWantedToBe() {
		HttpResponse<String> page = signedIn("/runs?status=RUNNING");
		assertThat(page.statusCode()).isEqualTo(200);
		assertThat(page.uri()).hasPath("/runs").hasQuery("status=RUNNING");
		assertThat(page.body()).contains(OpenIdProvider.PERSON, "Sign out");
	}

	@Test
	void sessionIsKeptByACookieThatNobodyElseGets() {
		HttpResponse<String> refused = this.visitor.get("/runs");
		assertThat(refused.statusCode()).isEqualTo(302);
		assertThat(Visitor.header(refused, "Location")).isEqualTo("/oauth2/authorization/idp");
		assertThat(refused.headers().allValues("Set-Cookie"))
			.filteredOn((cookie) -> cookie.startsWith("__Host-session="))
			.singleElement()
			.asString()
			.contains("; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax")
			.doesNotContainIgnoringCase("Domain");
		String before = this.visitor.cookie("__Host-session");
		signedIn("/runs");
		assertThat(this.visitor.cookie("__Host-session")).isNotEqualTo(before);
		assertThat(this.visitor.cookie("__Host-form-token")).isNotEmpty();
	}

	@Test
	void strangerSeesNothing() {
		String run = page(this.pipeline.start(Requests.withoutToken()));
		for (String path : List.of("/", "/runs", run, run + "/cancel", run + "/retry")) {
			HttpResponse<String> answer = this.visitor.get(path);
			assertThat(answer.statusCode()).as(path).isEqualTo(302);
			assertThat(answer.body()).isEmpty();
		}
		assertThat(this.visitor.post(run + "/cancel", BodyPublishers.ofString("")).statusCode()).isEqualTo(403);
		Http.problem(this.http.get("/v1" + run), ProblemType.UNAUTHENTICATED);
	}

	@Test
	void sessionReadsTheApiAndChangesNothingThere() {
		String run = page(this.pipeline.start(Requests.withoutToken()));
		signedIn(run);
		assertThat(this.visitor.get("/v1" + run, "application/json").statusCode()).isEqualTo(200);
		assertThat(this.visitor.post("/v1" + run + "/cancel", BodyPublishers.ofString("")).statusCode()).isEqualTo(401);
	}

	@Test
	void sessionThatNobodySignedInToReadsNothing() {
		this.visitor.get("/runs");
		assertThat(this.visitor.get("/v1/runs", "application/json").statusCode()).isEqualTo(401);
	}

	@Test
	void buttonsAreThereForWhoeverMayUseThem() {
		String others = page(this.pipeline.start(Requests.withoutToken()));
		HttpResponse<String> page = signedIn(others);
		assertThat(page.body()).contains("Steps").doesNotContain("\"" + others + "/cancel");
		assertThat(this.visitor.get(others + "/cancel").statusCode()).isEqualTo(403);
		HttpResponse<String> refused = this.visitor.post(others + "/cancel",
				BodyPublishers.ofString("_csrf=" + Visitor.token(page)));
		assertThat(refused.statusCode()).isEqualTo(403);
		assertThat(refused.body()).contains("belongs to another owner", "runs:operate");
	}

	@Test
	void signOutEndsTheSession() {
		HttpResponse<String> page = signedIn("/runs");
		HttpResponse<String> answer = this.visitor.signOut(page);
		assertThat(Visitor.header(answer, "Location")).isEqualTo("/signed-out");
		assertThat(this.visitor.follow(answer).body()).contains("Signed out");
		assertThat(this.visitor.get("/runs").statusCode()).isEqualTo(302);
	}

	@Test
	void codeOfSomebodyElseIsRefused() {
		HttpResponse<String> answer = this.visitor.get("/login/oauth2/code/idp?code=stolen&state=guessed");
		assertThat(answer.statusCode()).isEqualTo(401);
		assertThat(answer.body()).contains("Signing in did not work.");
	}

	@Test
	void problemPagesAndFilesAreForEverybody() {
		for (String path : List.of("/problems/", "/problems/not-found", "/page.css", "/page.js", "/page.svg")) {
			assertThat(this.visitor.get(path).statusCode()).as(path).isEqualTo(200);
		}
	}

	/** Follows every redirect, to the provider and back. */
	private HttpResponse<String> signedIn(String path) {
		HttpResponse<String> answer = this.visitor.get(path);
		for (int i = 0; i < 10 && answer.statusCode() == 302; i++) {
			answer = this.visitor.follow(answer);
		}
		return answer;
	}

	private static String page(String run) {
		return run.substring("/v1".length());
	}

}
