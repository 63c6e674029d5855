package dev.distributeimage.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import dev.distributeimage.DistributeImageApplication;
import dev.distributeimage.TestDistributeImageApplication;
import dev.distributeimage.bench.TimedImageBuilder.Times;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Simulator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Measures the time from a POST until Image Builder has accepted CreateImage, through the
 * real SDK and a simulator in this process: {@code ./mvnw -Pbench test
 * -Dtest=LatencyBenchmark}.
 * <p>
 * {@code -Dbench.fsync} is whether the log is flushed (off).
 */
@Tag("bench")
class LatencyBenchmark {

	/** As shipped. */
	private static final int WORKERS = 16;

	private static final Report REPORT = new Report("latency", about(), "replicas", "runs at once", "call ms", "p50 ms",
			"p99 ms", "all within s", "1.2 × calls ÷ workers + 1 s", "refused");

	private static BenchPostgres postgres;

	private static Simulator simulator;

	@BeforeAll
	static void start() throws IOException, SQLException {
		postgres = BenchPostgres.start();
		simulator = Simulator.start();
		TestDistributeImageApplication.pointTheSdkAt(simulator);
	}

	@AfterAll
	static void stop() throws IOException, SQLException {
		simulator.close();
		postgres.close();
		REPORT.write();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void createImageIsAcceptedSoonAfterThePost(int number) {
		Times times = new Times();
		String database = postgres.newDatabase();
		List<Server> replicas = IntStream.range(0, number).mapToObj((i) -> replica(database, times)).toList();
		try {
			// Warms up the compiler.
			IntStream.range(0, 30).forEach((i) -> new Burst(replicas, times).start(100));
			row(replicas, times, 200, 1);
			row(replicas, times, 5, 100);
			row(replicas, times, 1, 1_000);
			simulator.always().meet(Fault.hangFor(Duration.ofMillis(50)));
			row(replicas, times, 1, 1_000);
			simulator.clearFaults();
		}
		finally {
			replicas.forEach(Server::close);
		}
	}

	private static void row(List<Server> replicas, Times times, int rounds, int runs) {
		times.forget();
		Burst burst = new Burst(replicas, times);
		for (int round = 0; round < rounds; round++) {
			burst.start(runs);
		}
		double[] millis = burst.millis();
		int workers = WORKERS * replicas.size();
		double bound = 1.2 * times.calls() * times.millisPerCall() / 1_000 / workers + 1;
		REPORT.row(replicas.size(), runs, times.millisPerCall(), quantile(millis, 0.5), quantile(millis, 0.99),
				(rounds == 1) ? burst.seconds() : "", (rounds == 1) ? bound : "", burst.refused());
	}

	private static double quantile(double[] sorted, double share) {
		return sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))];
	}

	// Only the first poll falls into a round, right after the create.
	private static Server replica(String database, Times times) {
		return Server.start(
				new SpringApplicationBuilder(DistributeImageApplication.class)
					.initializers((ConfigurableApplicationContext context) -> watch(context, times)),
				postgres, database, "--distribute-image.image.poll-every=10m");
	}

	private static void watch(ConfigurableApplicationContext context, Times times) {
		context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
			@Override
			public Object postProcessAfterInitialization(Object bean, String name) {
				return (bean instanceof ImageBuilder target) ? new TimedImageBuilder(target, times) : bean;
			}
		});
	}

	private static String about() {
		return """
				From POST to CreateImage accepted, less the run's own calls. Half of the runs are for another \
				Region. Replicas, callers and Image Builder share %d processors with PostgreSQL (fsync %s)."""
			.formatted(Runtime.getRuntime().availableProcessors(), BenchPostgres.FSYNC);
	}

}
