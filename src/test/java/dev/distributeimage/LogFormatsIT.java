package dev.distributeimage;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Simulator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static dev.distributeimage.HostileTexts.ENCODED;
import static dev.distributeimage.HostileTexts.HOSTILE;
import static dev.distributeimage.HostileTexts.PLACES;
import static dev.distributeimage.HostileTexts.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what the jar logs in each format, with its own configuration. The tests of a
 * format share a process, and each ends its run.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LogFormatsIT {

	private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

	private final Map<String, Logging> processes = new HashMap<>();

	/** A service that logs in a format. */
	private static final class Logging implements AutoCloseable {

		private final Simulator simulator = Simulator.start();

		private final JdbcConnectionDetails database = new TestPostgres().newDatabase();

		private final ServiceProcess service;

		private int seen;

		// Each request has a line.
		Logging(String format) {
			this.simulator.pace(Duration.ofMillis(100));
			this.service = ServiceProcess.start(this.database, this.simulator.endpoint(),
					HostileTexts.quick("--logging.structured.format.console=" + format,
							"--logging.level.org.springframework.web.servlet.DispatcherServlet=debug"));
		}

		/** Forgets the runs and the lines so far. */
		Logging begin() {
			this.simulator.reset();
			TestPostgres.empty(JdbcClient.create(new DriverManagerDataSource(this.database.getJdbcUrl(),
					String.valueOf(this.database.getUsername()), String.valueOf(this.database.getPassword()))));
			this.seen = this.service.output().lastIndexOf('\n') + 1;
			return this;
		}

		List<String> lines() {
			return this.service.output().substring(this.seen).lines().toList();
		}

		/** Starts a run whose CreateImage is refused with a hostile text. */
		String startRefusedRun() {
			this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(400, "NoSuch", HOSTILE + " at CREATE_IMAGE"));
			String path = HostileTexts.startRun(this.service, "Authorization", "", "X-Request-Id", "traced",
					"traceparent", "00-" + TRACE + "-b7ad6b7169203331-01");
			await(() -> lines().stream().anyMatch((line) -> line.contains("FAILED")));
			return path.substring("/v1/runs/".length());
		}

		@Override
		public void close() {
			this.service.close();
			this.simulator.close();
		}

	}

	@AfterAll
	void close() {
		this.processes.values().forEach(Logging::close);
	}

	private Logging in(String format) {
		return this.processes.computeIfAbsent(format, Logging::new).begin();
	}

	@ParameterizedTest
	@ValueSource(strings = { "ecs", "logstash", "gelf" })
	void hostileTextsWriteNoLinesOfTheirOwn(String format) {
		Logging logging = in(format);
		HostileTexts.send(logging.simulator, logging.service);
		List<String> lines = logging.lines();
		HostileTexts.assertClean(String.join("\n", lines));
		String texts = lines.stream()
			.map((line) -> JsonMapper.shared().readTree(line))
			.flatMap((line) -> line.valueStream().map((value) -> value.asString("")))
			.collect(Collectors.joining());
		assertThat(HostileTexts.places(texts.replace(HOSTILE, ENCODED))).isEqualTo(PLACES);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "ecs", "logstash", "gelf" })
	void recordsAreLinesOfJsonInEveryFormat(String format) {
		Logging logging = in(format);
		String run = HostileTexts.startRun(logging.service, "Authorization", "Bearer planted-bearer");
		await(() -> logging.service.get(run).at("/status").asString().equals("SUCCEEDED"));
		List<String> records = logging.lines().stream().filter((line) -> line.startsWith("{\"at\":")).toList();
		assertThat(records).hasSize(1);
		assertThat(JsonMapper.shared().readTree(records.get(0)).path("run").asString()).isEqualTo(run.substring(9));
		assertThat(records.get(0)).doesNotContain("planted");
	}

	@Test
	void failureIsASentenceInTheText() {
		Logging logging = in("");
		String run = logging.startRefusedRun();
		assertThat(logging.lines()).anyMatch((line) -> line.matches("\\S+  WARN .*")
				&& line.contains("Run %s: RUNNING createImage -> FAILED createImage; web, NoSuch; %s at CREATE_IMAGE"
					.formatted(run, ENCODED)));
		assertThat(logging.lines()).anyMatch((line) -> line.contains(" [traced," + TRACE + "] ")
				&& line.contains("DispatcherServlet") && line.contains("POST \"/v1/runs\""));
		assertThat(logging.service.output()).doesNotContain("[,]");
	}

	@Test
	void failureIsMadeOfFieldsInEcs() {
		Logging logging = in("ecs");
		String run = logging.startRefusedRun();
		List<JsonNode> lines = logging.lines().stream().map((line) -> JsonMapper.shared().readTree(line)).toList();
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
