package dev.distributeimage.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.distributeimage.Programs;
import dev.distributeimage.TestDistributeImageApplication;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Simulator;
import dev.distributeimage.simulator.SimulatorSettings;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what the whole service tells Prometheus after known traffic. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "distribute-image.image.poll-every=100ms", "distribute-image.poller.tick=100ms",
				"distribute-image.retry.first-delay=50ms", "distribute-image.watch.every=50ms",
				"distribute-image.watch.open-requests=2", "management.endpoint.health.show-details=always" })
@Import(TestPostgres.class)
@NullUnmarked
class MetricsTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration PACE = Duration.ofMillis(250);

	private static final String REGION = "region=eu-west-1";

	private static Simulator simulator;

	/** Whether there was the traffic that all tests share. */
	private static boolean driven;

	private Http http;

	private int management;

	@BeforeAll
	static void begin() {
		driven = false;
		simulator = Simulator.start(SimulatorSettings.defaults().withPace(PACE));
		TestDistributeImageApplication.pointTheSdkAt(simulator);
	}

	@AfterAll
	static void end() {
		simulator.close();
		List.of("aws.endpointUrlImagebuilder", "aws.endpointUrlSts", "aws.accessKeyId", "aws.secretAccessKey")
			.forEach(System::clearProperty);
	}

	@BeforeEach
	void setUp(@LocalServerPort int port, @LocalManagementPort int managementPort) throws Exception {
		this.http = new Http(port);
		this.management = managementPort;
		if (!driven) {
			driven = true;
			drive();
		}
	}

	/** Two runs succeed, one fails and is retried, one is cancelled. */
	private void drive() throws Exception {
		simulator.onNext(Operation.GET_IMAGE, Fault.error(429, "CallRateLimitExceededException"));
		awaitStatus(start("first"), "SUCCEEDED");
		simulator.onNext(Operation.CREATE_IMAGE, Fault.error(400, "InvalidParameterValueException"));
		String failed = start("second");
		awaitStatus(failed, "FAILED");
		assertThat(this.http.post(failed + "/retry", "").statusCode()).isEqualTo(202);
		awaitStatus(failed, "SUCCEEDED");
		simulator.nextImage(Ending.stuckIn("PENDING").atPace(Duration.ofSeconds(3)));
		String third = start("third");
		await(() -> run(third).at("/image/status").asString().equals("PENDING"));
		CompletableFuture<HttpResponse<String>> waiting = refuseTheThirdOfTwo(third);
		assertThat(this.http.post(third + "/cancel", "").statusCode()).isEqualTo(202);
		assertThat(this.http.post(third + "/cancel", "").statusCode()).isEqualTo(202);
		awaitStatus(third, "CANCELLED");
		assertThat(waiting.get().statusCode()).isEqualTo(200);
		await(() -> scrape().names().contains("distribute_image_runs_in_flight"));
	}

	/** Returns the first, which waits until the run has ended. */
	private CompletableFuture<HttpResponse<String>> refuseTheThirdOfTwo(String run) throws Exception {
		CompletableFuture<HttpResponse<String>> waiting = this.http.getAsync(run, "Prefer", "wait=60");
		CompletableFuture<HttpResponse<Stream<String>>> streaming = this.http.lines(run + "/events", "Accept",
				"text/event-stream");
		await(() -> scrape().value("distribute_image_waiters", "kind=wait") == 1
				&& scrape().value("distribute_image_waiters", "kind=stream") == 1);
		Http.problem(this.http.get(run, "Prefer", "wait=2"), ProblemType.OVERLOADED);
		streaming.get().body().close();
		return waiting;
	}

	@Test
	void countersTellWhatCallersAskedFor() {
		Scrape scrape = scrape();
		assertThat(scrape.value("distribute_image_runs_started_total", REGION)).isEqualTo(3);
		assertThat(scrape.value("distribute_image_cancels_total")).isOne();
		assertThat(scrape.value("distribute_image_retries_total", "action=createImage")).isOne();
		assertThat(scrape.value("distribute_image_retries_total", "action=retryImage")).isZero();
		assertThat(scrape.value("distribute_image_requests_refused_total", "reason=overloaded")).isOne();
		assertThat(scrape.value("distribute_image_requests_refused_total", "reason=unavailable")).isZero();
		assertThat(scrape.value("distribute_image_waiters", "kind=wait")).isZero();
	}

	@Test
	void countersTellHowRunsEnded() {
		Scrape scrape = scrape();
		assertThat(scrape.value("distribute_image_runs_ended_total", "status=SUCCEEDED", "step=getImage", "code=none"))
			.isEqualTo(2);
		assertThat(scrape.value("distribute_image_runs_ended_total", "status=FAILED", "step=createImage",
				"code=InvalidParameterValueException"))
			.isOne();
		assertThat(scrape.value("distribute_image_runs_ended_total", "status=CANCELLED", "step=getImage", "code=none"))
			.isOne();
		assertThat(scrape.value("distribute_image_writes_refused_total")).isZero();
		assertThat(scrape.value("distribute_image_status_unknown_total")).isZero();
	}

	@Test
	void histogramsTellHowLongThingsTook() {
		Scrape scrape = scrape();
		assertThat(scrape.value("distribute_image_run_duration_seconds_count", "status=SUCCEEDED")).isEqualTo(2);
		assertThat(scrape.value("distribute_image_run_duration_seconds_bucket", "status=SUCCEEDED", "le=300.0"))
			.isEqualTo(2);
		assertThat(scrape.value("distribute_image_run_duration_seconds_sum", "status=SUCCEEDED")).isBetween(3.0, 60.0);
		assertThat(scrape.value("distribute_image_step_duration_seconds_count", "step=createDistributionConfiguration"))
			.isEqualTo(3);
		assertThat(scrape.value("distribute_image_step_duration_seconds_count", "step=createImage")).isEqualTo(4);
		assertThat(scrape.value("distribute_image_step_duration_seconds_count", "step=getImage")).isEqualTo(3);
		double changes = scrape.value("distribute_image_detection_lag_seconds_count");
		assertThat(changes).as("a slow machine may miss some of two times six and one").isBetween(3.0, 13.0);
		assertThat(scrape.sum("distribute_image_image_status_duration_seconds_count")).isEqualTo(changes);
		assertThat(scrape.value("distribute_image_detection_lag_seconds_sum")).isBetween(0.05 * changes, 5 * changes);
		assertThat(scrape.value("distribute_image_lateness_seconds_count")).isGreaterThanOrEqualTo(10);
	}

	@Test
	void callsAreToldByTheirOutcome() {
		Scrape scrape = scrape();
		assertThat(calls(scrape, "CreateDistributionConfiguration", "ok")).isEqualTo(3);
		assertThat(calls(scrape, "CreateImage", "ok")).isEqualTo(3);
		assertThat(calls(scrape, "CreateImage", "refused")).isOne();
		assertThat(calls(scrape, "GetImage", "throttled")).isOne();
		assertThat(calls(scrape, "GetImage", "ok")).isEqualTo(simulator.count(Operation.GET_IMAGE) - 1);
		assertThat(calls(scrape, "CancelImageCreation", "ok")).isOne();
		assertThat(scrape.value("distribute_image_aws_errors_total", "operation=GetImage", REGION,
				"code=CallRateLimitExceededException"))
			.isOne();
	}

	private static double calls(Scrape scrape, String operation, String outcome) {
		return scrape.value("distribute_image_aws_calls_seconds_count", "operation=" + operation, REGION,
				"outcome=" + outcome);
	}

	@Test
	void gaugesTellHowThePollerFares() {
		Scrape scrape = scrape();
		assertThat(scrape.value("distribute_image_workers_max")).isEqualTo(16);
		assertThat(scrape.value("distribute_image_workers_busy")).isZero();
		assertThat(scrape.value("distribute_image_due_age_seconds")).isBetween(0.0, 30.0);
		double ticked = scrape.value("distribute_image_last_tick_timestamp_seconds");
		await(() -> scrape().value("distribute_image_last_tick_timestamp_seconds") > ticked);
		assertThat(scrape.value("distribute_image_runs_in_flight", "step=createImage", "image_status=none")).isZero();
		assertThat(scrape.names()).contains("distribute_image_nearest_deadline_seconds");
	}

	@ParameterizedTest
	@CsvSource({ "runs_started_total, counter", "runs_ended_total, counter", "runs_in_flight, gauge",
			"run_duration_seconds, histogram", "step_duration_seconds, histogram",
			"image_status_duration_seconds, histogram", "detection_lag_seconds, histogram",
			"aws_calls_seconds, histogram", "aws_errors_total, counter", "lateness_seconds, histogram",
			"due_age_seconds, gauge", "last_tick_timestamp_seconds, gauge", "workers_busy, gauge", "workers_max, gauge",
			"nearest_deadline_seconds, gauge", "writes_refused_total, counter", "status_unknown_total, counter",
			"requests_refused_total, counter", "waiters, gauge", "cancels_total, counter", "retries_total, counter",
			"audit_dropped_total, counter", "limits_exceeded_total, counter" })
	void everyMetricHasItsTypeAndAHelp(String name, String type) {
		Scrape scrape = scrape();
		assertThat(scrape.about("distribute_image_" + name, "TYPE")).isEqualTo(type);
		assertThat(scrape.about("distribute_image_" + name, "HELP")).hasSizeGreaterThan(10);
	}

	@ParameterizedTest
	@CsvSource({ "src/main/ops/grafana, .json", "src/main/ops/prometheus, .yml" })
	void everyQueryNamesMetricsThatAreThere(Path folder, String ending) {
		Assumptions.assumeTrue(Files.isDirectory(folder), "There is no " + folder);
		Queries queries = Queries.in(folder, ending);
		assertThat(queries.expressions()).isNotEmpty();
		// The JVM tells of pauses once there was one.
		System.gc();
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> assertThat(scrape().names()).containsAll(queries.metrics()));
	}

	@Test
	void promtoolFindsNoFault() throws Exception {
		Assumptions.assumeTrue(Programs.isInstalled("promtool"), "There is no promtool here");
		Process promtool = new ProcessBuilder("promtool", "check", "metrics").redirectErrorStream(true).start();
		try (Writer in = promtool.outputWriter()) {
			in.write(scrape().text());
		}
		String found = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		promtool.waitFor();
		assertThat(found.lines()).as("errors, and advice about the service's own names")
			.noneMatch((line) -> line.contains("error") || line.startsWith("distribute_image_"));
	}

	@Test
	void healthHasThePollerAndProbesDoNot(@Autowired HealthEndpointGroups probes) {
		JsonNode health = JsonMapper.shared().readTree(actuator("/health").body());
		assertThat(health.at("/status").asString()).isEqualTo("UP");
		assertThat(health.at("/components/poller/status").asString()).isEqualTo("UP");
		assertThat(health.at("/components/poller/details/lastLook").asString()).endsWith("Z");
		HealthEndpointGroup readiness = Objects.requireNonNull(probes.get("readiness"));
		assertThat(health.at("/components").propertyNames()).filteredOn(readiness::isMember)
			.containsExactlyInAnyOrder("readinessState", "db", "storage");
		HealthEndpointGroup liveness = Objects.requireNonNull(probes.get("liveness"));
		assertThat(health.at("/components").propertyNames()).filteredOn(liveness::isMember)
			.containsExactly("livenessState");
	}

	@Test
	void infoTellsVersionAndJava() {
		JsonNode info = JsonMapper.shared().readTree(actuator("/info").body());
		assertThat(info.at("/java/version").asString()).isEqualTo(System.getProperty("java.version"));
		assertThat(info.propertyNames()).contains("build", "git");
	}

	private String start(String name) {
		HttpResponse<String> started = this.http.post("/v1/runs", """
				{ "distributionName": "%s",
				  "distributions": [ { "region": "eu-west-1", "amiDistributionConfiguration": {
				    "name": "web-{{ imagebuilder:buildDate }}" } } ],
				  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
				  "infrastructureConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web" }"""
			.formatted(name));
		assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
		return Http.header(started, "Location");
	}

	private JsonNode run(String path) {
		return JsonMapper.shared().readTree(this.http.get(path).body());
	}

	private void awaitStatus(String path, String status) {
		Awaitility.await()
			.atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(50))
			.untilAsserted(
					() -> assertThat(run(path).path("status").asString()).as(run(path).toString()).isEqualTo(status));
	}

	private static void await(Callable<Boolean> condition) {
		Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(condition);
	}

	private Scrape scrape() {
		return new Scrape(actuator("/prometheus").body());
	}

	private HttpResponse<String> actuator(String path) {
		try {
			return CLIENT.send(HttpRequest
				.newBuilder(URI.create("http://localhost:%d/actuator%s".formatted(this.management, path)))
				.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

}
