package dev.distributeimage.page;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Client;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import dev.distributeimage.provider.SecuredPageTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that the page records what it refuses. */
@ApiTest
@TestPropertySource(properties = { "distribute-image.limits.runs-in-flight=1", Requests.POLICY })
class PageAuditTests implements SecuredPageTest {

	@Autowired
	private JdbcClient jdbc;

	private Http http;

	private Visitor visitor;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		TestPostgres.empty(this.jdbc);
		this.http = new Http(port);
		this.visitor = new Visitor(port);
	}

	private String startedBy(String client) {
		return Client.of(this.http, PROVIDER, client, "runs:write")
			.start(Requests.withoutToken())
			.substring("/v1".length());
	}

	private HttpResponse<String> signedIn(String path) {
		HttpResponse<String> answer = this.visitor.get(path);
		for (int i = 0; i < 10 && answer.statusCode() == 302; i++) {
			answer = this.visitor.follow(answer);
		}
		return answer;
	}

	private HttpResponse<String> post(String path, HttpResponse<String> page) {
		return this.visitor.post(path, BodyPublishers.ofString("_csrf=" + Visitor.token(page)));
	}

	private void assertRefused(String... records) {
		Awaitility.await().untilAsserted(() -> assertThat(refused()).containsExactly(records));
	}

	private List<String> refused() {
		return this.jdbc.sql("""
				select concat_ws(' ', event, rule, owner, run, status) from audit_event
				where outcome = 'refused' order by at, number""").query(String.class).list();
	}

	@Test
	void signInThatFailsIsRecorded() {
		assertThat(this.visitor.get("/login/oauth2/code/idp?code=stolen&state=guessed").statusCode()).isEqualTo(401);
		assertRefused("authentication.refused sign-in 401");
	}

	@Test
	void formOfSomebodyElseIsRecorded() {
		String run = startedBy("web");
		assertThat(this.visitor.post(run + "/cancel", BodyPublishers.ofString("")).statusCode()).isEqualTo(403);
		assertRefused("authorization.refused form " + id(run) + " 403");
	}

	@Test
	void anothersRunIsRecorded() {
		String run = startedBy("web");
		HttpResponse<String> page = signedIn(run);
		assertThat(post(run + "/cancel", page).statusCode()).isEqualTo(403);
		assertThat(this.visitor.get(run + "/retry").statusCode()).isEqualTo(403);
		String record = "authorization.refused owner anna " + id(run) + " 403";
		assertRefused(record, record);
	}

	@Test
	void limitIsRecordedAndSaysWhenToTryAgain() {
		String run = startedBy("web");
		this.jdbc.sql("update run_input set owner = 'anna'").update();
		this.jdbc.sql("update run set status = 'FAILED', next_attempt_at = null, finished_at = now()").update();
		this.jdbc.sql("update run_in_flight set owner = 'anna', run_id = gen_random_uuid()").update();
		this.jdbc.sql("update run_owner set owner = 'anna'").update();
		HttpResponse<String> answer = post(run + "/retry", signedIn(run + "/retry"));
		assertThat(answer.statusCode()).isEqualTo(429);
		assertThat(Visitor.header(answer, "Retry-After")).isEqualTo("5");
		assertThat(answer.body()).contains("Try again in 5 s.", "href=\"" + run + "\"");
		assertRefused("limit.refused runs-in-flight anna " + id(run) + " 429");
	}

	private static String id(String run) {
		return run.substring("/runs/".length());
	}

}
