package dev.distributeimage.audit;

import java.util.List;
import java.util.UUID;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests the record in open mode, and what requests are called there. */
@ApiTest
@TestPropertySource(properties = "spring.main.cloud-platform=kubernetes")
class AuditedStrangersTests {

	private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private AuditTrail trail;

	private Http http;

	private Http management;

	@BeforeEach
	void setUp(@LocalServerPort int port, @LocalManagementPort int managementPort) {
		TestPostgres.empty(this.jdbc);
		this.http = new Http(port);
		this.management = new Http(managementPort);
	}

	private List<String> recorded() {
		this.trail.store();
		return this.jdbc
			.sql("""
					select concat_ws(' ', event, rule, caller, issuer, subject, owner, run, status, request_id) from audit_event
					order by at, number""")
			.query(String.class)
			.list();
	}

	@Test
	void everybodyIsAnonymous() {
		String path = Http.header(this.http.post("/v1/runs", Requests.withoutToken(), "X-Request-Id", "a"), "Location");
		this.http.post(path + "/cancel", "", "X-Request-Id", "b");
		String id = path.substring(9);
		assertThat(recorded()).containsExactly("run.start anonymous " + id + " 202 a",
				"run.cancel anonymous " + id + " 202 b");
	}

	@Test
	void requestOfAnotherOriginIsRecorded() {
		String id = UUID.randomUUID().toString();
		assertThat(this.http.raw("POST /v1/runs/" + id + "/cancel" + HOST
				+ "X-Request-Id: r\r\nSec-Fetch-Site: cross-site\r\nContent-Length: 0\r\n\r\n"))
			.contains(" 403 ");
		assertThat(recorded()).containsExactly("authorization.refused origin " + id + " 403 r");
	}

	@Test
	void requestForAnotherHostIsRecorded() {
		assertThat(this.http
			.raw("GET /v1/runs HTTP/1.1\r\nHost: evil.example\r\nX-Request-Id: r\r\nConnection: close\r\n\r\n"))
			.contains(" 421 ");
		assertThat(recorded()).containsExactly("authorization.refused host 421 r");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "200 | GET /v1/runs", "200 | GET /livez", "200 | OPTIONS *", "404 | GET /nowhere",
					"400 | GET /%zz", "405 | TRACE /v1/runs", "400 | CONNECT a:1", "404 | HEAD /v1/runs/x" })
	void everyAnswerHasTheIdOfItsRequest(int status, String request) {
		assertThat(this.http.raw(request + HOST + "X-Request-Id: My_trace-1.2\r\n\r\n"))
			.startsWith("HTTP/1.1 " + status)
			.contains("\r\nX-Request-Id: My_trace-1.2\r\n");
		assertThat(this.http.raw(request + HOST + "\r\n"))
			.containsPattern("\r\nX-Request-Id: [0-9a-f]{8}-[0-9a-f-]{27}\r\n");
	}

	@Test
	void answerOfManagementHasItToo() {
		assertThat(this.management.raw("GET /actuator/health" + HOST + "X-Request-Id: m\r\n\r\n"))
			.contains("\r\nX-Request-Id: m\r\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a b", "a\u00e9", "a;b", "<script>", "a,b", "\"a\"", "a\tb" })
	void idThatIsNotPlainIsReplaced(String id) {
		assertThat(this.http.raw("GET /livez" + HOST + "X-Request-Id: " + id + "\r\n\r\n"))
			.containsPattern("\r\nX-Request-Id: [0-9a-f]{8}-[0-9a-f-]{27}\r\n");
	}

	@Test
	void idMayHave128Signs() {
		String longest = "x".repeat(128);
		assertThat(this.http.raw("GET /livez" + HOST + "X-Request-Id: " + longest + "\r\n\r\n"))
			.contains("X-Request-Id: " + longest + "\r\n");
		assertThat(this.http.raw("GET /livez" + HOST + "X-Request-Id: " + longest + "x\r\n\r\n"))
			.doesNotContain(longest);
	}

	@Test
	void forwardedAddressIsNotTrusted() {
		this.http.post("/v1/runs", Requests.withoutToken(), "X-Forwarded-For", "203.0.113.9", "Forwarded",
				"for=203.0.113.9");
		assertThat(this.jdbc.sql("select address from audit_event").query(String.class).list())
			.containsExactly("127.0.0.1");
	}

}
