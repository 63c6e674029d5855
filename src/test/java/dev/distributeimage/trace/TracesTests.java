package dev.distributeimage.trace;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

import dev.distributeimage.DistributeImageApplication;
import dev.distributeimage.TestDistributeImageApplication;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Simulator;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what a collector is sent, by two replicas one after the other. */
@NullUnmarked
class TracesTests {

	private static final String CALLER = "b7ad6b7169203331";

	private static final JdbcConnectionDetails DATABASE = new TestPostgres().newDatabase();

	private static final Collector COLLECTOR = Collector.start();

	private static Simulator simulator;

	private static ConfigurableApplicationContext replica;

	private static Http http;

	@BeforeAll
	static void begin() {
		simulator = Simulator.start();
		simulator.pace(Duration.ofMillis(50));
		TestDistributeImageApplication.pointTheSdkAt(simulator);
		startReplica(COLLECTOR.endpoint());
	}

	private static void startReplica(String endpoint) {
		replica = new SpringApplicationBuilder(DistributeImageApplication.class).run(
				"--spring.datasource.url=" + DATABASE.getJdbcUrl(),
				"--spring.datasource.username=" + DATABASE.getUsername(),
				"--spring.datasource.password=" + DATABASE.getPassword(), "--server.port=0",
				"--management.server.port=0", "--distribute-image.image.poll-every=200ms",
				"--distribute-image.retry.first-delay=50ms", "--distribute-image.poller.tick=100ms",
				"--distribute-image.accounts.222222222222.role-arn=arn:aws:iam::222222222222:role/images",
				"--distribute-image.accounts.222222222222.external-id=4711",
				"--management.tracing.sampling.probability=0",
				"--management.opentelemetry.tracing.export.schedule-delay=50ms",
				"--management.opentelemetry.tracing.export.otlp.endpoint=" + endpoint);
		http = new Http(
				Integer.parseInt(Objects.requireNonNull(replica.getEnvironment().getProperty("local.server.port"))));
	}

	@AfterAll
	static void end() {
		replica.close();
		simulator.close();
		COLLECTOR.close();
		List.of("aws.endpointUrlImagebuilder", "aws.endpointUrlSts", "aws.accessKeyId", "aws.secretAccessKey")
			.forEach(System::clearProperty);
	}

	@Test
	void runGoesOnInTheTraceOfItsRequestWhicheverReplicaPolls() {
		String trace = trace(1);
		simulator.onNext(Operation.CREATE_IMAGE,
				Fault.error(500, "ServiceException").header("x-amzn-RequestId", "request-of-aws"));
		simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION,
				Fault.hangFor(Duration.ZERO).afterCommit().header("x-amzn-RequestId", "first-of-aws"));
		simulator.nextImage(Ending.stuckIn("BUILDING"));
		String run = started("traced", "00-" + trace + "-" + CALLER + "-01");
		await(() -> names(trace).contains("Imagebuilder.GetImage"));
		replica.close();
		List<Span> first = COLLECTOR.spans(trace);
		startReplica(COLLECTOR.endpoint());
		await(() -> COLLECTOR.spans(trace).size() > first.size());
		cancelled(run, trace(2));
		await(() -> names(trace).contains("run ended"));
		List<Span> spans = COLLECTOR.spans(trace);
		Span request = only(spans, "http post /v1/runs");
		assertThat(Collector.hex(request.getParentSpanId())).isEqualTo(CALLER);
		assertThat(spans).filteredOn((span) -> !span.equals(request))
			.allSatisfy((span) -> assertThat(span.getParentSpanId()).isEqualTo(request.getSpanId()));
		assertThat(names(trace))
			.contains("Imagebuilder.CreateDistributionConfiguration", "Imagebuilder.CreateImage",
					"Imagebuilder.GetImage", "Imagebuilder.CancelImageCreation", "run ended", "http post /v1/runs")
			.hasSize(6);
		Span created = only(spans, "Imagebuilder.CreateDistributionConfiguration");
		assertThat(created.getKind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
		assertThat(Collector.attributes(created)).containsEntry("rpc.system", "aws-api")
			.containsEntry("rpc.service", "Imagebuilder")
			.containsEntry("rpc.method", "CreateDistributionConfiguration")
			.containsEntry("cloud.region", "eu-west-1")
			.containsEntry("http.response.status_code", "200")
			.containsEntry("aws.request_id", "first-of-aws")
			.containsEntry("distribute_image.runId", run.substring("/v1/runs/".length()));
		Span failed = spans.stream().filter((span) -> span.getName().endsWith("CreateImage")).findFirst().orElseThrow();
		assertThat(failed.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
		assertThat(Collector.attributes(failed)).containsEntry("error.type", "ServiceException")
			.containsEntry("aws.request_id", "request-of-aws");
		assertThat(Collector.attributes(only(spans, "run ended"))).containsEntry("distribute_image.status", "CANCELLED")
			.containsEntry("distribute_image.distributionName", "traced");
	}

	private static void cancelled(String run, String trace) {
		assertThat(http.post(run + "/cancel", "", "traceparent", "00-" + trace + "-" + CALLER + "-01").statusCode())
			.isEqualTo(202);
		await(() -> names(trace).contains("http post /v1/runs/{id}/cancel"));
		assertThat(COLLECTOR.spans(trace)).singleElement()
			.satisfies((span) -> assertThat(span.getLinksList()).singleElement()
				.satisfies((link) -> assertThat(Collector.hex(link.getTraceId())).isEqualTo(trace(1))));
	}

	@Test
	void failedRunEndsItsTraceWithAnError() {
		String trace = trace(3);
		simulator.nextImage(Ending.failedAt("BUILDING", "The build failed."));
		started("failed", "00-" + trace + "-" + CALLER + "-01");
		await(() -> names(trace).contains("run ended"));
		Span end = only(COLLECTOR.spans(trace), "run ended");
		assertThat(end.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
		assertThat(Collector.attributes(end)).containsEntry("distribute_image.status", "FAILED")
			.containsEntry("distribute_image.reason", "The build failed.");
	}

	@Test
	void callerDecidesWhetherItsTraceIsRecorded() {
		String run = started("unsampled", "00-" + trace(4) + "-" + CALLER + "-00");
		await(() -> status(run).equals("SUCCEEDED"));
		assertThat(traceParents()).noneMatch((stored) -> stored.contains(trace(4)));
		String witness = trace(5);
		started("witness", "00-" + witness + "-" + CALLER + "-01");
		await(() -> names(witness).contains("run ended"));
		assertThat(COLLECTOR.spans(trace(4))).isEmpty();
		assertThat(traceParents()).anyMatch((stored) -> stored.startsWith("00-" + witness));
	}

	@Test
	void sessionOfARoleIsPartOfTheTrace() {
		String trace = trace(10);
		simulator.sts().trust("arn:aws:iam::222222222222:role/images", "4711");
		HttpResponse<String> answer = http.post("/v1/runs",
				Requests.withoutToken().replace("123456789012", "222222222222"), "traceparent",
				"00-" + trace + "-" + CALLER + "-01");
		assertThat(answer.statusCode()).isEqualTo(202);
		await(() -> names(trace).contains("run ended"));
		assertThat(names(trace)).contains("Sts.AssumeRole", "Imagebuilder.CreateImage");
	}

	@Test
	void probesAreNotRecorded() {
		http.get("/livez", "traceparent", "00-" + trace(11) + "-" + CALLER + "-01");
		http.get("/v1/runs", "traceparent", "00-" + trace(12) + "-" + CALLER + "-01");
		await(() -> names(trace(12)).contains("http get /v1/runs"));
		assertThat(COLLECTOR.spans(trace(11))).isEmpty();
	}

	@Test
	void onlyTracesAreSent() {
		String trace = trace(6);
		started("paths", "00-" + trace + "-" + CALLER + "-01");
		await(() -> names(trace).contains("run ended"));
		assertThat(COLLECTOR.paths()).containsExactly("/v1/traces");
	}

	@Test
	void textsOfCallersAreNotTakenAlong() {
		String trace = trace(7);
		started("state", "00-" + trace + "-" + CALLER + "-01", "tracestate", "planted=1", "baggage", "planted=1");
		await(() -> names(trace).contains("run ended"));
		assertThat(COLLECTOR.spans(trace)).allSatisfy((span) -> assertThat(span.toString()).doesNotContain("planted"));
	}

	@Test
	void collectorThatFailsHoldsUpNothing() {
		try (Collector other = Collector.start()) {
			replica.close();
			startReplica(other.endpoint());
			other.answer(503);
			String refused = started("refused", "00-" + trace(8) + "-" + CALLER + "-01");
			await(() -> status(refused).equals("SUCCEEDED") && !other.paths().isEmpty());
			other.hang();
			String hanging = started("hanging", "00-" + trace(9) + "-" + CALLER + "-01");
			await(() -> status(hanging).equals("SUCCEEDED"));
			assertThat(other.spans()).isEmpty();
			replica.close();
		}
		finally {
			startReplica(COLLECTOR.endpoint());
		}
	}

	private static String started(String name, String traceParent, String... more) {
		String[] headers = new String[more.length + 2];
		headers[0] = "traceparent";
		headers[1] = traceParent;
		System.arraycopy(more, 0, headers, 2, more.length);
		HttpResponse<String> answer = http.post("/v1/runs", Requests.withoutToken()
			.replace("\"distributionName\": \"web\"", "\"distributionName\": \"%s\"".formatted(name)), headers);
		assertThat(answer.statusCode()).isEqualTo(202);
		return Http.header(answer, "Location");
	}

	private static String status(String run) {
		JsonNode shown = JsonMapper.shared().readTree(http.get(run).body());
		return shown.path("status").asString();
	}

	private static List<String> traceParents() {
		return replica.getBean(JdbcClient.class)
			.sql("select trace_parent from run where trace_parent is not null")
			.query(String.class)
			.list();
	}

	private static List<String> names(String trace) {
		return COLLECTOR.spans(trace).stream().map(Span::getName).distinct().toList();
	}

	private static Span only(List<Span> spans, String name) {
		assertThat(spans).filteredOn((span) -> span.getName().equals(name)).hasSize(1);
		return spans.stream().filter((span) -> span.getName().equals(name)).findFirst().orElseThrow();
	}

	private static String trace(int number) {
		return "%032x".formatted(number);
	}

	private static void await(Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50)).until(condition);
	}

}
