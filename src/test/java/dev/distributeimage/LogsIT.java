package dev.distributeimage;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpServer;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Simulator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tests what the jar logs, with its own configuration. */
class LogsIT {

	private static final String[] QUICK = { "--distribute-image.image.poll-every=300ms",
			"--distribute-image.poller.claim-for=6s", "--distribute-image.aws.attempt-timeout=2s",
			"--distribute-image.retry.first-delay=100ms", "--distribute-image.retry.max-delay=200ms",
			"--distribute-image.poller.tick=200ms" };

	/** Every kind of character that must not stand in the log, before a forged line. */
	private static final String HOSTILE = "\r\n\u001b[2J\u0007\b\u007f\u009b\u0085\u2028\u2029\u202e\u2066\u061c\u200f"
			+ "2026-01-01T00:00:00.000Z  INFO forged";

	private static final Pattern RAW = Pattern.compile(
			"[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\u061c\\u200e\\u200f]");

	private static final String ENCODED = "\\u000d\\u000a\\u001b[2J\\u0007\\u0008\\u007f\\u009b\\u0085\\u2028\\u2029"
			+ "\\u202e\\u2066\\u061c\\u200f2026-01-01T00:00:00.000Z  INFO forged";

	/** Lets each request have a line. */
	private static final String REQUESTS = "--logging.level.org.springframework.web.servlet.DispatcherServlet=debug";

	private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

	private static final Set<String> PLACES = Set.of("CREATE_DISTRIBUTION_CONFIGURATION", "CREATE_IMAGE", "GET_IMAGE",
			"CANCEL_IMAGE_CREATION", "status", "reason");

	private static final List<String> PLANTED = List.of("planted-database", "planted-key", "planted-token",
			"planted-container", "planted-bearer");

	private final Simulator simulator = Simulator.start();

	private final JdbcConnectionDetails database = new TestPostgres().newDatabase();

	@AfterEach
	void close() {
		this.simulator.close();
	}

	@Test
	void textsOfAwsWriteNoLinesOfTheirOwn(@TempDir Path directory) throws IOException {
		Path file = directory.resolve("service.log");
		try (ServiceProcess service = start(Map.of(), "--logging.file.name=" + file)) {
			sendHostileTexts(service);
			assertThat(places(service.output())).isEqualTo(PLACES);
			assertClean(service.output());
			assertThat(places(Files.readString(file))).isEqualTo(PLACES);
			assertClean(Files.readString(file));
		}
	}

	@Test
	void configurationOfAnOperatorIsNoWayOut(@TempDir Path directory) throws IOException {
		Path configuration = Files.writeString(directory.resolve("logback.xml"),
				"""
						<configuration>
						  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
						    <encoder><pattern>%d{ISO8601} %logger %msg%n%rEx</pattern></encoder>
						  </appender>
						  <appender name="LATER" class="ch.qos.logback.classic.AsyncAppender"><appender-ref ref="OUT"/></appender>
						  <root level="info"><appender-ref ref="LATER"/></root>
						</configuration>""");
		try (ServiceProcess service = start(Map.of(), "--logging.config=" + configuration)) {
			sendHostileTexts(service);
			await(() -> places(service.output()).equals(PLACES));
			assertClean(service.output());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "ecs", "logstash", "gelf" })
	void structuredLogsHaveNoneEither(String format) {
		try (ServiceProcess service = start(Map.of(), "--logging.structured.format.console=" + format)) {
			sendHostileTexts(service);
			String output = service.output();
			assertClean(output);
			String texts = output.lines()
				.map((line) -> JsonMapper.shared().readTree(line))
				.flatMap((line) -> line.valueStream().map((value) -> value.asString("")))
				.collect(Collectors.joining());
			assertThat(places(texts.replace(HOSTILE, ENCODED))).isEqualTo(PLACES);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "ecs", "logstash", "gelf" })
	void recordsAreLinesOfJsonInEveryFormat(String format) {
		try (ServiceProcess service = start(Map.of(), "--logging.structured.format.console=" + format)) {
			String run = startRun(service, "Bearer planted-bearer");
			List<String> records = service.output().lines().filter((line) -> line.startsWith("{\"at\":")).toList();
			assertThat(records).hasSize(1);
			assertThat(JsonMapper.shared().readTree(records.get(0)).path("run").asString()).isEqualTo(run.substring(9));
			assertThat(records.get(0)).doesNotContain(PLANTED);
		}
	}

	@Test
	void failureIsASentenceInTheText() {
		try (ServiceProcess service = start(Map.of(), REQUESTS)) {
			String run = startRefusedRun(service);
			await(() -> service.output().contains("FAILED"));
			assertThat(service.output().lines()).anyMatch((line) -> line.matches("\\S+  WARN .*") && line
				.contains("Run %s: RUNNING createImage -> FAILED createImage; web, NoSuch; %s at CREATE_IMAGE"
					.formatted(run, ENCODED)));
			assertThat(service.output().lines()).anyMatch((line) -> line.contains(" [traced," + TRACE + "] ")
					&& line.contains("DispatcherServlet") && line.contains("POST \"/v1/runs\""));
			assertThat(service.output()).doesNotContain("[,]");
		}
	}

	@Test
	void failureIsMadeOfFieldsInEcs() {
		try (ServiceProcess service = start(Map.of(), REQUESTS, "--logging.structured.format.console=ecs")) {
			String run = startRefusedRun(service);
			await(() -> service.output().contains("FAILED"));
			List<JsonNode> lines = service.output().lines().map((line) -> JsonMapper.shared().readTree(line)).toList();
			assertThat(lines).filteredOn((line) -> line.path("status").asString("").equals("FAILED"))
				.singleElement()
				.satisfies((line) -> {
					assertThat(line.at("/log/level").asString()).isEqualTo("WARN");
					assertThat(line.path("runId").asString()).isEqualTo(run);
					assertThat(line.path("step").asString()).isEqualTo("createImage");
					assertThat(line.path("distributionName").asString()).isEqualTo("web");
					assertThat(line.path("code").asString()).isEqualTo("NoSuch");
					assertThat(line.path("reason").asString()).isEqualTo(HOSTILE + " at CREATE_IMAGE");
				});
			assertThat(lines).anyMatch((line) -> line.path("requestId").asString("").equals("traced")
					&& line.path("traceId").asString("").equals(TRACE)
					&& line.at("/log/logger").asString("").endsWith("DispatcherServlet"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "environment", "container" })
	void secretsAreLoggedAtNoLevel(String source) throws IOException {
		HttpServer container = containerCredentials();
		Map<String, String> environment = new HashMap<>(Map.of("SPRING_DATASOURCE_USERNAME", "planted",
				"SPRING_DATASOURCE_PASSWORD", "planted-database", "AWS_EC2_METADATA_DISABLED", "true"));
		environment.putAll(source.equals("environment")
				? Map.of("AWS_SECRET_ACCESS_KEY", "planted-key", "AWS_SESSION_TOKEN", "planted-token")
				: Map.of("AWS_ACCESS_KEY_ID", "", "AWS_SECRET_ACCESS_KEY", "", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
						"http://localhost:%d/credentials".formatted(container.getAddress().getPort()),
						"AWS_CONTAINER_AUTHORIZATION_TOKEN", "planted-container"));
		createRole("planted", "planted-database");
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(403, "SignatureDoesNotMatch",
				"The Canonical String should have been 'POST\nx-amz-security-token:planted-token\n'"));
		try (ServiceProcess service = start(environment, "--logging.level.root=trace", "--logging.level.web=trace",
				"--logging.level.sql=trace", "--debug", "--trace")) {
			String run = startRun(service, "Bearer planted-bearer");
			await(() -> service.get(run).at("/status").asString().equals("SUCCEEDED"));
			String answers = service.answer(run).body() + service.answer(run + "/events").body()
					+ service.answer("/v1/runs").body() + service.answer("/nowhere?planted=1").body();
			assertThat(answers).contains("SignatureDoesNotMatch").doesNotContain(PLANTED);
			String output = service.output();
			assertThat(output).contains("TRACE");
			assertThat(output.lines().filter((line) -> PLANTED.stream().anyMatch(line::contains))).isEmpty();
		}
		finally {
			container.stop(0);
		}
	}

	@Test
	void passwordInTheUrlRefusesToStart() {
		Map<String, String> environment = Map.of("SPRING_DATASOURCE_URL",
				this.database.getJdbcUrl() + "?password=planted-database");
		assertThatThrownBy(() -> start(environment, "--debug"))
			.hasMessageContaining("remove it there and set spring.datasource.password instead.")
			.message()
			.doesNotContain("planted-database", "Tomcat");
	}

	@Test
	void startIsToldInAFewLines() {
		try (ServiceProcess service = start(Map.of())) {
			service.get("/v1/runs");
			assertThat(service.output().lines()).hasSizeBetween(5, 25)
				.noneMatch((line) -> line.contains("HHH") || line.contains("incubating"));
		}
	}

	private static void assertClean(String log) {
		assertThat(RAW.matcher(log).results().map(MatchResult::group)).isEmpty();
		assertThat(log).doesNotContainPattern("(?m)^2026-01-01T00:00:00");
	}

	private static Set<String> places(String log) {
		return PLACES.stream().filter((place) -> log.contains(ENCODED + " at " + place)).collect(Collectors.toSet());
	}

	/**
	 * Sends each text of AWS at each operation that shows it, until the run has ended.
	 */
	private void sendHostileTexts(ServiceProcess service) {
		this.simulator.imagesOf("web", Ending.stuckIn("BUILDING"));
		for (Operation operation : List.of(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Operation.CREATE_IMAGE,
				Operation.GET_IMAGE, Operation.CANCEL_IMAGE_CREATION)) {
			String text = JsonMapper.shared().writeValueAsString(HOSTILE + " at " + operation);
			this.simulator.onNext(operation,
					Fault.answer(500, "application/json", "{\"__type\": %1$s, \"message\": %1$s}".formatted(text)));
		}
		this.simulator.onNext(Operation.GET_IMAGE, Fault.with("image.state.status", HOSTILE + " at status"));
		this.simulator.onNext(Operation.GET_IMAGE, Fault.with("image.state.reason",
				HOSTILE + " at reason, arn:aws:sts::123456789012:assumed-role/operator/i-0abc"));
		String run = startRun(service, "");
		await(() -> service.answer(run + "/events").body().contains("at reason"));
		assertThat(service.post(run + "/cancel", "").statusCode()).isEqualTo(202);
		await(() -> service.get(run).at("/status").asString().equals("CANCELLED"));
		assertThat(service.answer(run + "/events").body()).doesNotContain("operator");
	}

	private ServiceProcess start(Map<String, String> environment, String... settings) {
		return ServiceProcess.start(this.database, this.simulator.endpoint(), environment,
				Stream.concat(Stream.of(QUICK), Stream.of(settings)).toArray(String[]::new));
	}

	/**
	 * Starts a run whose CreateImage is refused with a hostile text, and returns its id.
	 */
	private String startRefusedRun(ServiceProcess service) {
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(400, "NoSuch", HOSTILE + " at CREATE_IMAGE"));
		return startRun(service, "Authorization", "", "X-Request-Id", "traced", "traceparent",
				"00-" + TRACE + "-b7ad6b7169203331-01")
			.substring("/v1/runs/".length());
	}

	private static String startRun(ServiceProcess service, String authorization) {
		return startRun(service, "Authorization", authorization);
	}

	private static String startRun(ServiceProcess service, String... headers) {
		return service.post("/v1/runs", """
				{ "distributionName": "web",
				  "distributions": [ { "region": "eu-west-1",
				    "amiDistributionConfiguration": { "name": "web {{ imagebuilder:buildDate }}" } } ],
				  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
				  "infrastructureConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web" }""", headers)
			.headers()
			.firstValue("Location")
			.orElseThrow();
	}

	private void createRole(String name, String password) {
		JdbcClient
			.create(new DriverManagerDataSource(this.database.getJdbcUrl(), String.valueOf(this.database.getUsername()),
					String.valueOf(this.database.getPassword())))
			.sql("""
					do $$ begin
					  if not exists (select from pg_roles where rolname = '%1$s') then
					    create role %1$s superuser login password '%2$s';
					  end if;
					end $$""".formatted(name, password))
			.update();
	}

	/** Serves credentials as the agent of a container does. */
	private static HttpServer containerCredentials() throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/credentials", (exchange) -> {
			boolean authorized = "planted-container".equals(exchange.getRequestHeaders().getFirst("Authorization"));
			byte[] body = """
					{ "AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "planted-key", "Token": "planted-token",
					  "Expiration": "2099-01-01T00:00:00Z" }""".getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(authorized ? 200 : 401, body.length);
			try (OutputStream out = exchange.getResponseBody()) {
				out.write(body);
			}
		});
		server.start();
		return server;
	}

	private static void await(Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100)).until(condition);
	}

}
