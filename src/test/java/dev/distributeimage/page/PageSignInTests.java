package dev.distributeimage.page;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Client;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.provider.Moods.Mood;
import dev.distributeimage.provider.OpenIdProvider;
import dev.distributeimage.provider.SecuredPageTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests the page where people sign in, with a real provider. */
@ApiTest
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = Requests.POLICY)
class PageSignInTests implements SecuredPageTest {

	private Client pipeline;

	private Http http;

	private Visitor visitor;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
		this.visitor = new Visitor(port);
		this.pipeline = Client.of(this.http, PROVIDER, "web", "runs:read", "runs:write");
	}

	@Test
	void personSignsInAndIsWhereTheyWantedToBe() {
		HttpResponse<String> page = this.visitor.signIn("/runs?status=RUNNING");
		assertThat(page.statusCode()).isEqualTo(200);
		assertThat(page.uri()).hasPath("/runs").hasQuery("status=RUNNING");
		assertThat(page.body()).contains(OpenIdProvider.PERSON, "Sign out");
	}

	@Test
	void sessionIsKeptByACookieThatNobodyElseGets() {
		this.visitor.signIn("/runs");
		String before = this.visitor.cookie("__Host-session");
		HttpResponse<String> entered = codeFor("/runs");
		assertCookie(this.visitor.follow(entered), "__Host-session");
		assertThat(this.visitor.cookie("__Host-session")).isNotEqualTo(before);
		assertThat(this.visitor.cookie("__Host-form-token")).isNotEmpty();
	}

	@Test
	void strangerHasNoSessionAndTheBrowserKeepsTheSignIn() {
		HttpResponse<String> refused = this.visitor.get("/runs?status=RUNNING");
		assertThat(refused.statusCode()).isEqualTo(302);
		assertThat(Visitor.header(refused, "Location"))
			.isEqualTo("/oauth2/authorization/idp?to=%2Fruns%3Fstatus%3DRUNNING");
		assertCookie(this.visitor.follow(refused), "__Host-sign-in");
		this.visitor.get("/login/oauth2/code/idp?code=x&state=y");
		assertThat(this.visitor.cookie("__Host-session")).isEmpty();
	}

	private static void assertCookie(HttpResponse<String> answer, String name) {
		assertThat(answer.headers().allValues("Set-Cookie"))
			.filteredOn((cookie) -> cookie.startsWith(name + "=") && !cookie.contains("Max-Age=0"))
			.singleElement()
			.asString()
			.contains("; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax")
			.doesNotContainIgnoringCase("Domain")
			.hasSizeLessThan(2048);
	}

	/** Signs in as far as the provider, which has then sent its code. */
	private HttpResponse<String> codeFor(String path) {
		HttpResponse<String> answer = this.visitor.follow(this.visitor.get("/oauth2/authorization/idp?to=" + path));
		assertThat(Visitor.header(answer, "Location")).contains("/login/oauth2/code/idp?code=");
		return answer;
	}

	@Test
	void codeIsForTheBrowserThatAskedForIt(@LocalServerPort int port) {
		HttpResponse<String> code = codeFor("/runs");
		Visitor other = new Visitor(port);
		assertThat(other.follow(code).statusCode()).isEqualTo(401);
		other.get("/oauth2/authorization/idp");
		assertThat(other.follow(code).statusCode()).isEqualTo(401);
		assertThat(other.cookie("__Host-session")).isEmpty();
		assertThat(this.visitor.follow(code).statusCode()).isEqualTo(302);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://evil.example", "//evil.example", "/runs/%0d%0aa", "/runs/%C3%A9", "/v1/runs" })
	void signInLeadsToThePageOnly(String elsewhere) {
		HttpResponse<String> page = this.visitor
			.follow(this.visitor.follow(this.visitor.get("/oauth2/authorization/idp?to=" + elsewhere)));
		assertThat(Visitor.header(page, "Location")).isEqualTo("/runs");
	}

	@Test
	void longAddressIsLeftOut() {
		String path = "/runs?label=" + "%22".repeat(4000);
		HttpResponse<String> refused = this.visitor.get(path);
		assertThat(Visitor.header(refused, "Location")).isEqualTo("/oauth2/authorization/idp?to=%2Fruns");
		assertThat(this.visitor.get("/oauth2/authorization/idp?to=/runs?" + "%22".repeat(500)).statusCode())
			.isEqualTo(302);
	}

	@Test
	void formOfAnEndedSessionDidNothingAndIsThereAgain() {
		String run = page(this.pipeline.start(Requests.withoutToken()));
		HttpResponse<String> page = this.visitor.signIn("/runs");
		this.visitor.signOut(page);
		HttpResponse<String> answer = this.visitor.post(run + "/cancel",
				BodyPublishers.ofString("_csrf=" + Visitor.token(page)));
		assertThat(answer.statusCode()).isEqualTo(401);
		assertThat(Visitor.header(answer, "WWW-Authenticate")).startsWith("Bearer");
		assertThat(answer.body()).contains("nothing was done.", "href=\"" + run + "\"");
		assertThat(this.pipeline.get("/v1" + run).body()).doesNotContain("cancelRequestedAt\":\"");
	}

	@ParameterizedTest
	@ValueSource(strings = { "empty", "image", "iframe" })
	void onlyANavigationBeginsASignIn(String destination) {
		HttpResponse<String> answer = this.visitor.fetch("/runs", destination);
		assertThat(answer.statusCode()).isEqualTo(401);
		assertThat(answer.body()).contains("You are signed out.");
		assertThat(this.visitor.fetch("/runs", "document").statusCode()).isEqualTo(302);
	}

	@Test
	void strangersWithInventedCodesAreNotAllTakenToTheProvider(@LocalServerPort int port) {
		PROVIDER.moods().becomeForTokens(Mood.HANGING);
		List<Visitor> strangers = Stream.generate(() -> new Visitor(port)).limit(60).toList();
		ExecutorService threads = Executors.newFixedThreadPool(strangers.size());
		try {
			List<CompletableFuture<HttpResponse<String>>> answers = strangers.stream().map((stranger) -> {
				String state = Visitor.between(Visitor.header(stranger.get("/oauth2/authorization/idp"), "Location"),
						"&state=", "&");
				return CompletableFuture.supplyAsync(() -> stranger.get("/login/oauth2/code/idp?code=x&state=" + state),
						threads);
			}).toList();
			assertThat(this.pipeline.get("/v1/runs").statusCode()).isEqualTo(200);
			assertThat(answers.stream().map((answer) -> answer.join().statusCode())).contains(503)
				.containsOnly(401, 503);
		}
		finally {
			PROVIDER.moods().becomeForTokens(Mood.WELL);
			threads.shutdownNow();
		}
	}

	@Test
	void secretsOfASignInAreNotLogged(CapturedOutput output) {
		LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
		logging.setLogLevel("org.springframework.web", LogLevel.TRACE);
		try {
			HttpResponse<String> code = codeFor("/runs");
			assertThat(this.visitor.follow(code).statusCode()).isEqualTo(302);
			String query = Visitor.header(code, "Location");
			assertThat(output.getAll()).doesNotContain("page-secret", "code_verifier",
					Visitor.between(query + "&", "code=", "&"));
		}
		finally {
			logging.setLogLevel("org.springframework.web", null);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/login/oauth2/code/idp?code=%zz&state=a", "/login/oauth2/code/idp?code=a&state=%zz",
			"/login/oauth2/code/idp", "/oauth2/authorization/idp?to=%zz", "/oauth2/authorization/other",
			"/login/oauth2/code/other?code=a&state=b" })
	void strangerMakesNoTrace(String path, CapturedOutput output) {
		assertThat(this.http.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 4");
		assertThat(output.getAll()).doesNotContain("\tat ");
	}

	@ParameterizedTest
	@CsvSource({ "localhost, 4000", "LONG, 0", "LONG, 4000" })
	void strangerCannotMakeAnAnswerTooLong(String host, int action, CapturedOutput output) {
		String name = host.replace("LONG", "a".repeat(3_000));
		String answer = this.http.raw("GET /oauth2/authorization/idp?action=" + "a".repeat(action)
				+ " HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n");
		assertThat(answer).startsWith("HTTP/1.1 401").contains("Content-Security-Policy", "Signing in did not work.");
		assertThat(output.getAll()).doesNotContain("\tat ");
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
		this.visitor.signIn(run);
		assertThat(this.visitor.get("/v1" + run, "application/json").statusCode()).isEqualTo(200);
		assertThat(this.visitor.post("/v1" + run + "/cancel", BodyPublishers.ofString("")).statusCode()).isEqualTo(401);
	}

	@Test
	void signInThatIsUnderWayReadsNothing() {
		this.visitor.get("/oauth2/authorization/idp");
		assertThat(this.visitor.get("/v1/runs", "application/json").statusCode()).isEqualTo(401);
	}

	@Test
	void buttonsAreThereForWhoeverMayUseThem() {
		String others = page(this.pipeline.start(Requests.withoutToken()));
		HttpResponse<String> page = this.visitor.signIn(others);
		assertThat(page.body()).contains("Steps").doesNotContain("\"" + others + "/cancel");
		assertThat(this.visitor.get(others + "/cancel").statusCode()).isEqualTo(403);
		HttpResponse<String> refused = this.visitor.post(others + "/cancel",
				BodyPublishers.ofString("_csrf=" + Visitor.token(page)));
		assertThat(refused.statusCode()).isEqualTo(403);
		assertThat(refused.body()).contains("belongs to another owner", "runs:operate");
	}

	@Test
	void signOutEndsTheSession() {
		HttpResponse<String> page = this.visitor.signIn("/runs");
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

	private static String page(String run) {
		return run.substring("/v1".length());
	}

}
