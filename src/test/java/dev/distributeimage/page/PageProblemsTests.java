package dev.distributeimage.page;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.PlantedHandler;
import dev.distributeimage.api.Requests;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what people are told when something goes wrong. */
@ApiTest
class PageProblemsTests {

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private MeterRegistry metrics;

	private Http http;

	private Visitor visitor;

	private String run;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.visitor = new Visitor(port);
		this.http = new Http(port);
		this.run = Visitor.header(this.http.post("/v1/runs", Requests.withoutToken()), "Location")
			.substring("/v1".length());
	}

	private static void assertPage(HttpResponse<String> answer, int status, String title) {
		assertThat(answer.statusCode()).isEqualTo(status);
		assertThat(Visitor.header(answer, "Content-Type")).isEqualTo("text/html;charset=UTF-8");
		assertThat(answer.body()).contains("<p class=\"code\">" + status + "</p>", "<h1>" + title + "</h1>");
	}

	@Test
	void queryThatIsMalformedIsAPage() {
		assertThat(this.http
			.raw("GET /runs?region=%zz HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 400")
			.contains("text/html", "<p class=\"code\">400</p>", "The query string is malformed.");
	}

	@Test
	void methodThatIsNotAllowedIsAPage() {
		HttpResponse<String> answer = this.visitor.get("/sign-out");
		assertPage(answer, 405, "The method is not allowed here");
		assertThat(Visitor.header(answer, "Allow")).isEqualTo("OPTIONS, POST");
	}

	@Test
	void failureThatNobodyExpectsIsAPage(@Autowired RequestMappingHandlerMapping requestMappingHandlerMapping) {
		new PlantedHandler("/runs/{id}/failing", PageProblemsTests::fail).in(requestMappingHandlerMapping, () -> {
			HttpResponse<String> answer = this.visitor.get(this.run + "/failing");
			assertPage(answer, 500, "Internal Server Error");
			assertThat(answer.body()).contains("its log says what").doesNotContain("planted");
		});
	}

	private static String fail() {
		throw new IllegalStateException("planted");
	}

	@Test
	void failureOfTheDatabaseSaysWhenToTryAgainAndIsCounted() {
		double before = counted("unavailable");
		this.jdbc.sql("alter table run_event rename to run_event_away").update();
		HttpResponse<String> answer;
		try {
			answer = this.visitor.get(this.run);
		}
		finally {
			this.jdbc.sql("alter table run_event_away rename to run_event").update();
		}
		assertPage(answer, 503, "The service is unavailable");
		assertThat(answer.body()).contains("Try again in 5 s.");
		assertThat(Visitor.header(answer, "Retry-After")).isEqualTo("5");
		assertThat(counted("unavailable")).isEqualTo(before + 1);
	}

	@Test
	void cancelWhoseOutcomeIsUnknownLeadsToTheRun(@Autowired TransactionTemplate transaction) {
		double before = counted("outcome-unknown");
		HttpResponse<String> form = this.visitor.get(this.run + "/cancel");
		HttpResponse<String> answer = transaction.execute((status) -> {
			this.jdbc.sql("lock table run in exclusive mode").update();
			CompletableFuture<HttpResponse<String>> sent = CompletableFuture
				.supplyAsync(() -> this.visitor.submit(form));
			Awaitility.await().until(() -> endWaiting() == 1);
			return sent.join();
		});
		assertPage(answer, 503, "The outcome of the request is unknown");
		assertThat(answer.body()).contains("Open the run to see whether it was cancelled.", "href=\"" + this.run + "\"")
			.doesNotContain("Try again");
		assertThat(counted("outcome-unknown")).isEqualTo(before + 1);
	}

	private int endWaiting() {
		return this.jdbc.sql("""
				select count(pg_terminate_backend(pid)) from pg_stat_activity
				where datname = current_database() and wait_event_type = 'Lock'""").query(Integer.class).single();
	}

	private double counted(String type) {
		return this.metrics.counter("distribute.image.requests.refused", "reason", type).count();
	}

}
