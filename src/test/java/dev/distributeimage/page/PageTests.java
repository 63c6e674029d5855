package dev.distributeimage.page;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import dev.distributeimage.api.problem.ProblemType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests the page without a browser: what it is made of, and what it refuses. */
@ApiTest
@ExtendWith(OutputCaptureExtension.class)
class PageTests {

	private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
			+ " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

	private static final String FORM = "application/x-www-form-urlencoded";

	private static final String HEAD = " HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n";

	private static final Pattern ABSOLUTE = Pattern.compile("(href|src|action)=\"(https?:)?//([^/\"]+)");

	private static final Pattern INLINE = Pattern.compile(" (style|on[a-z]+)=|<style|<script>|javascript:");

	@Autowired
	private JdbcClient jdbc;

	private Http http;

	private Visitor visitor;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
		this.visitor = new Visitor(port);
	}

	@Test
	void startIsTheList() {
		HttpResponse<String> start = this.visitor.get("/");
		assertThat(start.statusCode()).isEqualTo(302);
		assertThat(Visitor.header(start, "Location")).isEqualTo("/runs");
	}

	@Test
	void everyPageHasThePolicy() {
		String run = started();
		for (String path : List.of("/runs", run, run + "/cancel", "/runs/" + UUID.randomUUID(), "/nothing")) {
			HttpResponse<String> page = this.visitor.get(path);
			assertThat(Visitor.header(page, "Content-Security-Policy")).as(path).isEqualTo(POLICY);
			assertThat(Visitor.header(page, "Content-Type")).isEqualTo("text/html;charset=UTF-8");
			assertThat(Visitor.header(page, "Cache-Control")).isEqualTo("no-store");
			assertThat(Visitor.header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
			assertThat(INLINE.matcher(page.body()).find()).as(page.body()).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/page.js", "/page.css" })
	void fileIsCheckedForChanges(String path) {
		HttpResponse<String> file = this.visitor.get(path);
		assertThat(file.statusCode()).isEqualTo(200);
		assertThat(Visitor.header(file, "Cache-Control")).isEqualTo("no-cache");
		assertThat(Visitor.header(file, "Content-Type"))
			.startsWith(path.endsWith("js") ? "text/javascript" : "text/css");
	}

	@Test
	void queryThatIsTooLongToBeRepeatedIsRefused() {
		HttpResponse<String> answer = this.visitor.get("/runs?x=&label=" + "%C3%A4".repeat(1_000));
		assertThat(answer.statusCode()).isEqualTo(400);
		assertThat(answer.body()).contains("The query is too long.");
	}

	@Test
	void scriptIsShort() {
		assertThat(this.visitor.get("/page.js").body().lines()).hasSizeLessThan(150);
	}

	@Test
	void runIsListed() {
		String run = started();
		assertThat(this.visitor.get("/runs").body()).contains("href=\"" + run + "\"", "RUNNING", ">0 of 1<",
				"/runs?label=team%3Aplatform");
	}

	@Test
	void fullListHasANextPage() {
		IntStream.range(0, 3).forEach((i) -> started());
		String next = next(this.visitor.get("/runs?pageSize=2&label=team").body());
		assertThat(next).contains("pageSize=2", "label=team", "pageToken=");
		assertThat(this.visitor.get(next).statusCode()).isEqualTo(200);
	}

	@Test
	void pageBehindTheLastRunLeadsBack() {
		String label = "of-" + UUID.randomUUID();
		String older = started(label);
		started(label);
		String next = next(this.visitor.get("/runs?pageSize=1&label=team:" + label).body());
		this.jdbc.sql("""
				with gone as (delete from run where id = :id returning number),
				  terms as (delete from run_term using gone where run_term.number = gone.number)
				delete from run_input where run_id = :id""").param("id", id(older)).update();
		assertThat(this.visitor.get(next).body()).contains("No more runs", "<a href=\"/runs?pageSize&#x3D;1&amp;label")
			.doesNotContain("Nothing has been started yet", "No run matches");
	}

	@Test
	void emptyFieldsOfAFormAreLeftOut() {
		HttpResponse<String> answer = this.visitor.get("/runs?status=FAILED&region=&label=team%3Aa+b&label=");
		assertThat(answer.statusCode()).isEqualTo(302);
		assertThat(Visitor.header(answer, "Location")).isEqualTo("/runs?status=FAILED&label=team%3Aa%20b");
	}

	@Test
	void filterThatIsNotValidIsExplained() {
		HttpResponse<String> answer = this.visitor.get("/runs?region=nowhere&colour=red");
		assertThat(answer.statusCode()).isEqualTo(400);
		assertThat(answer.body()).contains("region: Must be the name of a Region", "colour: Unknown parameter");
	}

	@Test
	void runThatIsNotThereIsAPage() {
		HttpResponse<String> answer = this.visitor.get("/runs/" + UUID.randomUUID());
		assertThat(answer.statusCode()).isEqualTo(404);
		assertThat(answer.body()).contains("There is no run with this id.", "<h1>Not found</h1>");
	}

	@Test
	void programGetsTheProblemDocumentFromThePageToo() {
		for (String accept : List.of("*/*", "application/json, text/html;q=0.9")) {
			Http.problem(this.http.get("/runs/" + UUID.randomUUID(), "Accept", accept), ProblemType.NOT_FOUND);
			Http.problem(this.http.get("/runs?colour=red", "Accept", accept), ProblemType.INVALID_REQUEST);
		}
		Http.problem(this.http.get("/runs", "Accept", "application/json"), ProblemType.NOT_ACCEPTABLE);
	}

	@Test
	void onlyABrowserGetsAPageForWhatIsNotThere() {
		assertThat(this.visitor.get("/nothing").body()).contains("<h1>Not found</h1>");
		Http.problem(this.http.get("/nothing", "Accept", "*/*"), ProblemType.NOT_FOUND);
		Http.problem(this.http.get("/nothing", "Accept", "application/json, text/html;q=0.9"), ProblemType.NOT_FOUND);
		Http.problem(this.http.get("/nothing", "Accept", "text/html;q=nonsense"), ProblemType.NOT_FOUND);
		Http.problem(this.http.get("/v1/runs/" + UUID.randomUUID(), "Accept", Visitor.ACCEPT), ProblemType.NOT_FOUND);
	}

	@Test
	void textsOfOthersStayTexts() {
		String run = started();
		this.jdbc.sql("""
				update run set image_status = '<b>BUILDING', image_reason = :reason, failure = cast(:failure as jsonb)
				where id = :id""")
			.param("reason", "<script>alert(1)</script>")
			.param("failure",
					"{\"step\": \"createImage\", \"operation\": \"CreateImage\", "
							+ "\"code\": \"'><i>\", \"message\": \"</blockquote><script>alert(2)</script>\"}")
			.param("id", id(run))
			.update();
		assertThat(this.visitor.get(run).body()).doesNotContain("<script>", "<i>")
			.contains("&lt;/blockquote&gt;&lt;script&gt;alert(2)");
		assertThat(this.visitor.get("/runs").body()).doesNotContain("<b>BUILDING").contains("&lt;b&gt;BUILDING");
	}

	@Test
	void linksLeadToThisServiceOrToAws() {
		String run = started();
		this.jdbc.sql("update run set image_build_version_arn = :arn where id = :id")
			.param("arn", "arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1")
			.param("id", id(run))
			.update();
		String page = this.visitor.get(run).body();
		assertThat(ABSOLUTE.matcher(page).results().map((link) -> link.group(3)))
			.containsOnly("eu-west-1.console.aws.amazon.com");
		assertThat(page.replace("&#x3D;", "=")).contains(
				"cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Fimagebuilder$252Fweb"
						+ "/log-events/1.0.0$252F1\"",
				"imagebuilder/home?region=eu-west-1#/images/arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1\"");
		assertThat(this.visitor.get("/runs").body()).doesNotContain("http://", "https://");
	}

	@Test
	void formCancelsAndLeadsBack() {
		String run = started();
		HttpResponse<String> answer = this.visitor.submit(this.visitor.get(run + "/cancel"));
		assertThat(answer.statusCode()).isEqualTo(303);
		assertThat(Visitor.header(answer, "Location")).isEqualTo(run);
		assertThat(this.visitor.get(run).body()).contains("Cancelling", "Cancel requested")
			.doesNotContain(run + "/cancel");
	}

	@Test
	void formThatArrivesInPartsIsTheSame() {
		String run = started();
		String form = "_csrf=" + Visitor.token(this.visitor.get(run + "/cancel"));
		HttpResponse<String> answer = this.visitor.post(run + "/cancel",
				BodyPublishers.ofInputStream(() -> inParts(form)));
		assertThat(answer.statusCode()).isEqualTo(303);
	}

	private static InputStream inParts(String text) {
		return new SequenceInputStream(new InputStream() {
			@Override
			public int read() throws IOException {
				return -1;
			}
		}, new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "_csrf=", "_csrf=other", "csrf=1&_csrf=0000" })
	void formOfSomebodyElseIsRefused(String form) {
		String run = started();
		this.visitor.get(run + "/cancel");
		HttpResponse<String> answer = this.visitor.post(run + "/cancel", BodyPublishers.ofString(form));
		assertThat(answer.statusCode()).isEqualTo(403);
		assertThat(answer.body()).contains("out of date");
		assertThat(this.visitor.get(run).body()).doesNotContain("Cancelling");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "403 | Content-Type: x | _csrf=a", "400 | Content-Type: " + FORM + " | _csrf=%zz",
					"415 | Content-Type: " + FORM + "; charset=utf-16 | _csrf=a",
					"403 | Content-Type: " + FORM + "; charset=none | _csrf=a",
					"415 | Content-Encoding: gzip | _csrf=a" })
	void formThatCannotBeReadIsRefusedWithoutATrace(int status, String header, String form, CapturedOutput output) {
		String type = header.startsWith("Content-Type") ? "" : "Content-Type: " + FORM + "\r\n";
		for (String path : List.of("/runs", "/runs/x/cancel", "/sign-out")) {
			assertThat(this.http.raw("POST " + path + HEAD + header + "\r\n" + type + "Content-Length: " + form.length()
					+ "\r\n\r\n" + form))
				.startsWith("HTTP/1.1 " + status)
				.contains("<h1>");
		}
		assertThat(output.getAll()).doesNotContain("\tat ");
	}

	@Test
	void formThatIsTooLargeIsNotReadAsOne(CapturedOutput output) {
		String form = "_csrf=a" + "&b".repeat(4 * 1024);
		assertThat(this.visitor.post("/runs/x/cancel", BodyPublishers.ofString(form)).statusCode()).isEqualTo(413);
		assertThat(this.visitor.post("/runs/x/cancel", BodyPublishers.ofInputStream(() -> inParts(form))).statusCode())
			.isEqualTo(413);
		assertThat(this.visitor.post("/sign-out", BodyPublishers.ofString("&".repeat(2 * 1024 * 1024))).statusCode())
			.isEqualTo(413);
		assertThat(output.getAll()).doesNotContain("\tat ");
	}

	@Test
	void tokenWithoutItsCookieIsRefused() {
		String run = started();
		HttpResponse<String> page = this.visitor.get(run + "/cancel");
		this.visitor.forget();
		assertThat(this.visitor.submit(page).statusCode()).isEqualTo(403);
	}

	@Test
	void retryShowsItsPlanFirst() {
		String run = started();
		this.jdbc.sql("""
				update run set status = 'FAILED', next_attempt_at = null, finished_at = engine_now(), failure = null,
				  cancel_requested_at = null
				where id = :id""").param("id", id(run)).update();
		HttpResponse<String> plan = this.visitor.get(run + "/retry");
		assertThat(plan.body()).contains("Begin with the distribution configuration",
				"The run ended before its distribution configuration was created.");
		assertThat(this.visitor.submit(plan).statusCode()).isEqualTo(303);
		assertThat(this.visitor.get(run).body()).contains("Earlier attempts",
				"Retry requested: createDistributionConfiguration");
	}

	@Test
	void runThatCannotBeRetriedSaysSo() {
		HttpResponse<String> answer = this.visitor.get(started() + "/retry");
		assertThat(answer.statusCode()).isEqualTo(409);
		assertThat(answer.body()).contains("is RUNNING");
	}

	@Test
	void problemsHaveAnIndexInTheSameDress() {
		HttpResponse<String> index = this.visitor.get("/problems/");
		for (ProblemType type : ProblemType.values()) {
			assertThat(index.body()).contains("href=\"" + type.path() + "\"");
		}
		assertThat(index.body()).contains("<link rel=\"stylesheet\" href=\"/page.css\">");
	}

	private static String next(String page) {
		return Visitor.between(page, "<nav class=\"pager\" aria-label=\"Pages\"><a href=\"", "\"")
			.replace("&#x3D;", "=")
			.replace("&amp;", "&");
	}

	private String started() {
		return started("platform");
	}

	private String started(String team) {
		HttpResponse<String> answer = this.http.post("/v1/runs", Requests.withoutToken().replace("platform", team));
		return Visitor.header(answer, "Location").substring("/v1".length());
	}

	private static UUID id(String run) {
		return UUID.fromString(run.substring("/runs/".length()));
	}

}
