package dev.distributeimage.page;

import java.io.IOException;
import java.util.Objects;
import java.util.UUID;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what the page of a run says. */
@ApiTest
class RunPageTests {

	private static final String CONFIGURED = "distribution_configuration_arn = "
			+ "'arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web'";

	private static final String AT_CREATE_IMAGE = "step = 'createImage', " + CONFIGURED;

	private static final String AT_GET_IMAGE = "step = 'getImage', " + CONFIGURED
			+ ", image_build_version_arn = 'arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1'";

	private static final String ENDED = ", next_attempt_at = null, finished_at = engine_now()";

	private static final String TIMED_OUT = ", status = 'TIMED_OUT'" + ENDED;

	private static final String FAILED = ", status = 'FAILED'" + ENDED;

	@Autowired
	private JdbcClient jdbc;

	private Visitor visitor;

	private String run;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.visitor = new Visitor(port);
		this.run = Visitor.header(new Http(port).post("/v1/runs", Requests.withoutToken()), "Location")
			.substring("/v1".length());
	}

	@ParameterizedTest
	@CsvSource({ "unanswered_since", "lost_since" })
	void imageThatMayHaveBegunCanBeCancelled(String column) {
		change(AT_CREATE_IMAGE + TIMED_OUT + ", %s = engine_now()".formatted(column));
		assertThat(page())
			.contains("AWS may have begun an image. A cancel looks for it and stops it.",
					"href=\"" + this.run + "/cancel\"")
			.doesNotContain("Nothing was built", "Not started");
		assertThat(this.visitor.submit(this.visitor.get(this.run + "/cancel")).statusCode()).isEqualTo(303);
		assertThat(page()).contains("Cancelling");
	}

	@Test
	void imageThatHasCertainlyNotBegunCannotBeCancelled() {
		change(AT_CREATE_IMAGE + TIMED_OUT);
		assertThat(page()).contains("Nothing was built.", "Not started").doesNotContain(this.run + "/cancel");
	}

	@Test
	void retriedRunTookTheTimeSinceItsRetry() {
		change("""
				retries = jsonb_build_array(jsonb_build_object('at', engine_now() - interval '4 min',
				  'action', 'createDistributionConfiguration', 'status', 'FAILED', 'outputs', '{}'::jsonb))"""
				+ FAILED);
		this.jdbc.sql("update run_input set created_at = engine_now() - interval '3 h' where run_id = :id")
			.param("id", id())
			.update();
		assertThat(page()).contains("took 4 min 0 s");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "image_status = 'BUILDING' | Waits for AWS: the image is BUILDING",
					"image_status = null | Waits for AWS to begin the image",
					"image_status = 'FAILED' | Has AWS go on with the image",
					"cancel_requested_at = engine_now(), cancel_token = 'token' | Cancels the image" })
	void runSaysWhatItWaitsFor(String change, String words) {
		change(AT_GET_IMAGE + ", next_attempt_at = engine_now() + interval '650.9 s', " + change);
		assertThat(page()).contains(words, "Next call", ">in 10 min</time>").doesNotContain("Calls GetImage");
	}

	@Test
	void callThatIsOverdueSaysSinceWhen() {
		change(AT_CREATE_IMAGE + ", next_attempt_at = engine_now() - interval '10 min'");
		assertThat(page()).contains("Calls CreateImage", ">due since 10 min</time>");
	}

	@Test
	void failedCallIsNamedAndRepeated() {
		change(AT_GET_IMAGE + ", attempts = 1, image_status = 'FAILED'");
		fail("RetryImage", "ServiceUnavailableException");
		assertThat(page()).contains("Tries again: RetryImage has failed").doesNotContain("A retry goes on");
	}

	@ParameterizedTest
	@CsvSource({ "GetImage, AWS does not know the image", "RetryImage, AWS does not know the image",
			"CreateImage, The recipe or the infrastructure configuration does not exist",
			"DistributeImage, The source image does not exist" })
	void adviceIsAboutWhatAwsDoesNotKnow(String operation, String advice) {
		change(AT_GET_IMAGE + FAILED);
		fail(operation, "ResourceNotFoundException");
		assertThat(page()).contains(advice);
	}

	@ParameterizedTest
	@ValueSource(strings = { "AccessDeniedException", "InvalidRequestException", "InternalFailure" })
	void runInProgressIsNotToBeRetried(String code) {
		change(AT_GET_IMAGE + ", attempts = 1");
		fail("CancelImageCreation", code);
		assertThat(page()).contains("Nothing to do unless it lasts").doesNotContain("retry", "start a new run");
	}

	@Test
	void numbersHaveTheirForms() {
		event(3, "CALL_FAILED", "{\"operation\": \"CreateDistributionConfiguration\", \"message\": \"One.\"}");
		event(4, "ENDED", "{\"status\": \"FAILED\", \"failedCalls\": 1}");
		change("last_event = 4" + FAILED);
		assertThat(page()).contains("1 failed call<", "1 call failed.", "0 of 1 Region<");
	}

	@Test
	void failedCallsAreCountedAlsoWhereTheyAreNotKept() {
		event(3, "CALL_FAILED", "{\"operation\": \"CreateDistributionConfiguration\", \"message\": \"One.\"}");
		event(4, "ENDED", "{\"status\": \"FAILED\", \"failedCalls\": 5000}");
		change("last_event = 4" + FAILED);
		assertThat(page()).contains("5000 failed calls<", "5000 calls failed.");
	}

	@Test
	void commandTakesWhatTheCommandLineTakes() throws IOException, InterruptedException {
		String command = Visitor.between(page(), "<pre tabindex=\"0\">curl", "</pre>")
			.replace("&quot;", "\"")
			.replace("&#x3D;", "=");
		Process shell = new ProcessBuilder("sh", "-c", "curl() { printf '<%s>' \"$@\"; }; curl" + command).start();
		assertThat(shell.inputReader().lines())
			.containsExactly("<-sS><http://localhost:8080/v1%s><-H><>".formatted(this.run));
		assertThat(shell.waitFor()).isZero();
	}

	private void fail(String operation, String code) {
		this.jdbc.sql("update run set failure = cast(:failure as jsonb) where id = :id")
			.param("failure",
					"""
							{ "step": "getImage", "operation": "%s", "code": "%s", "message": "No." }"""
						.formatted(operation, code))
			.param("id", id())
			.update();
	}

	private void event(int sequence, String type, String detail) {
		this.jdbc.sql("""
				insert into run_event (number, sequence, at, type, step, detail)
				select number, :sequence, engine_now(), cast(:type as event_type), step, cast(:detail as jsonb)
				from run where id = :id""")
			.param("sequence", sequence)
			.param("type", type)
			.param("detail", detail)
			.param("id", id())
			.update();
	}

	private void change(String columns) {
		this.jdbc.sql("update run set %s where id = :id".formatted(columns)).param("id", id()).update();
	}

	private String page() {
		return Objects.requireNonNull(this.visitor.get(this.run).body());
	}

	private UUID id() {
		return UUID.fromString(this.run.substring("/runs/".length()));
	}

}
