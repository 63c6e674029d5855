package dev.distributeimage.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import dev.distributeimage.DistributeImageApplication;
import dev.distributeimage.ServiceProcess;
import dev.distributeimage.run.queue.EngineStatements;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.SpringApplication;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Measures many runs in flight, with a large number of ended ones, in a small heap:
 * {@code ./mvnw -Pbench test -Dtest=ScaleBenchmark}.
 * <p>
 * {@code -Dbench.inFlight} (100,000) runs are polled every 30 s, without and with {@code
 * -Dbench.ended} (1,000,000) ended ones beside them, for {@code -Dbench.seconds} (90)
 * each.
 */
@Tag("bench")
class ScaleBenchmark {

	private static final int IN_FLIGHT = Integer.getInteger("bench.inFlight", 100_000);

	private static final int ENDED = Integer.getInteger("bench.ended", 1_000_000);

	private static final int SECONDS = Integer.getInteger("bench.seconds", 90);

	private static final int POLL_EVERY = 30;

	private static final String HEAP = "256m";

	private static final String SOURCES = DistributeImageApplication.class.getName() + ","
			+ BuildingImages.class.getName();

	private BenchPostgres postgres;

	private String database;

	@BeforeEach
	void createDatabase() throws IOException, SQLException {
		this.postgres = BenchPostgres.start();
		this.database = this.postgres.newDatabase();
		new DistributeImage(1).prepare(this.postgres, this.database, 0);
	}

	@AfterEach
	void stopPostgres() throws IOException, SQLException {
		this.postgres.close();
	}

	@Test
	void pollsAreOnTimeHoweverManyRunsHaveEnded() throws Exception {
		Report report = new Report("scale",
				"%,d runs polled every %d s, a heap of %s, %d processors for the service and PostgreSQL %s.".formatted(
						IN_FLIGHT, POLL_EVERY, HEAP, Runtime.getRuntime().availableProcessors(),
						this.postgres.version()),
				"ended runs", "polls/s", "late p50", "late p99", "p99 ÷ interval", "processors", "PostgreSQL µs",
				"JVM µs", "claim ms", "claimed at once", "heap alive MB");
		fill(IN_FLIGHT, 0);
		row(report, 0);
		fill(0, ENDED);
		row(report, ENDED);
		report.write();
	}

	@Test
	void nothingInFlightCostsNothing() throws Exception {
		fill(0, 1_000);
		try (ServiceProcess service = service()) {
			this.postgres.forgetStatements();
			long begun = this.postgres.counters()[0];
			// Includes the full scan, which happens once a minute.
			TimeUnit.MINUTES.sleep(1);
			Report report = new Report("idle", "Nothing in flight.", "statements/s");
			report.row((this.postgres.counters()[0] - begun) / 60.0);
			report.write();
			Report.write("idle-statements.txt", this.postgres.topStatements());
			service.kill();
		}
	}

	private void row(Report report, int ended) throws IOException, InterruptedException {
		fallDue("interval '1 hour'");
		sql("vacuum analyze");
		this.postgres.checkpoint();
		try (ServiceProcess service = service()) {
			// Started last, so that the startup delays nothing. The compiler has two
			// intervals.
			fallDue("interval '5 seconds' + random() * interval '%d seconds'".formatted(POLL_EVERY));
			TimeUnit.SECONDS.sleep(5 + 2 * POLL_EVERY);
			this.postgres.forgetStatements();
			Counters before = Counters.of(this.postgres);
			Duration jvmBefore = processorTime(service);
			double pollsBefore = measured(service, "COUNT");
			TimeUnit.SECONDS.sleep(SECONDS);
			Counters used = Counters.of(this.postgres).minus(before);
			Duration jvm = processorTime(service).minus(jvmBefore);
			double[] claim = this.postgres.meanMillisAndRows("with due as%");
			double late = late(service, "0.99");
			double polls = measured(service, "COUNT") - pollsBefore;
			Report.write("scale %d.txt".formatted(ended), this.postgres.topStatements() + "\n\n" + plan());
			report.row(ended, polls / (used.nanos() / 1e9), millis(late(service, "0.5")), millis(late),
					late / POLL_EVERY, (used.databaseCpu() + jvm.toNanos()) / (double) used.nanos(),
					used.databaseCpu() / 1e3 / polls, jvm.toNanos() / 1e3 / polls, claim[0], claim[1],
					aliveMegabytes(service));
			service.kill();
		}
	}

	private ServiceProcess service() {
		List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"),
				"-Xmx" + HEAP, "-cp", System.getProperty("java.class.path"), SpringApplication.class.getName()));
		command.addAll(List.of(this.postgres.settings(this.database, "--spring.main.sources=" + SOURCES,
				"--server.port=0", "--management.server.port=0", "--logging.level.root=info",
				"--distribute-image.poller.region-share=1",
				"--distribute-image.image.poll-every=%ds".formatted(POLL_EVERY),
				"--management.prometheus.metrics.export.enabled=false",
				"--management.metrics.distribution.percentiles.distribute.image.lateness=0.5,0.99",
				// Covers exactly the measured time.
				"--management.metrics.distribution.expiry.distribute.image.lateness=%ds".formatted(SECONDS))));
		return ServiceProcess.start(new ProcessBuilder(command).redirectErrorStream(true));
	}

	private void fallDue(String pause) {
		sql("""
				update run set claimed_at = null, claimed_until = null, next_attempt_at = engine_now() + %s
				where status = 'RUNNING'""".formatted(pause));
	}

	// Without the lists, which neither claims nor unchanged polls read.
	private void fill(int inFlight, int ended) {
		sql("insert into run_region values ('eu-west-1') on conflict do nothing");
		sql("""
				insert into run (id, number, step, status, region, account, next_attempt_at, finished_at, final_status,
				  deadline, last_event, create_distribution_configuration_token, create_image_token,
				  distribution_configuration_arn, image_build_version_arn, image_status, created_at, updated_at)
				select gen_random_uuid(), number, 'getImage', status, 'eu-west-1', '123456789012',
				  case status when 'RUNNING' then engine_now() end, case status when 'SUCCEEDED' then engine_now() end,
				  case status when 'SUCCEEDED' then 'AVAILABLE' end, engine_now() + interval '12 hours', 6,
				  gen_random_uuid(), gen_random_uuid(),
				  'arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web-' || number,
				  'arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/' || number,
				  'BUILDING', engine_now(), engine_now()
				from (
				  select number, case when number <= %d then run_status 'RUNNING' else 'SUCCEEDED' end as status
				  from generate_series(1, %d) number) new""".formatted(inFlight, inFlight + ended));
	}

	// Claims as the poller does, without the runs it already holds.
	private String plan() {
		try (HikariDataSource pool = this.postgres.pool(this.database)) {
			return String.join("\n",
					JdbcClient.create(pool)
						.sql("explain (analyze, buffers) " + EngineStatements.claim() + "select from claimed")
						.param("limit", 100)
						.param("regionLimit", 100)
						.param("duration", "PT1M")
						.param("regions", new String[] { "eu-west-1" })
						.param("since", new String[] { Instant.now().minusSeconds(1).toString() })
						.query(String.class)
						.list());
		}
	}

	private void sql(String statement) {
		try (HikariDataSource pool = this.postgres.pool(this.database)) {
			JdbcClient.create(pool).sql(statement).update();
		}
	}

	private static Duration processorTime(ServiceProcess service) {
		return ProcessHandle.of(service.pid()).orElseThrow().info().totalCpuDuration().orElse(Duration.ZERO);
	}

	private static double measured(ServiceProcess service, String statistic) {
		return service.metric("distribute.image.lateness")
			.get("measurements")
			.valueStream()
			.filter((one) -> one.get("statistic").stringValue().equals(statistic))
			.mapToDouble((one) -> one.get("value").asDouble())
			.findFirst()
			.orElseThrow();
	}

	private static double late(ServiceProcess service, String quantile) {
		return value(service, "distribute.image.lateness.percentile?tag=phi:" + quantile);
	}

	private static double aliveMegabytes(ServiceProcess service) throws IOException, InterruptedException {
		new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
				Long.toString(service.pid()), "GC.run")
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start()
			.waitFor();
		return value(service, "jvm.memory.used?tag=area:heap") / 1e6;
	}

	private static double value(ServiceProcess service, String metric) {
		JsonNode answer = service.metric(metric);
		return answer.get("measurements").get(0).get("value").asDouble();
	}

	private static String millis(double seconds) {
		return String.format(Locale.ROOT, "%.0f ms", seconds * 1_000);
	}

}
