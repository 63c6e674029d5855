package dev.distributeimage.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Measures runs that are polled forever while an open transaction keeps vacuum from
 * removing dead rows: {@code ./mvnw -Pbench test -Dtest=HeldBenchmark}.
 * <p>
 * {@code -Dbench.held} is the time for each contestant (PT10M), {@code -Dbench.inFlight}
 * the number of runs (10,000), {@code -Dbench.only} a regular expression for contestants'
 * names ({@link Contestant#isWanted()}).
 */
@Tag("bench")
class HeldBenchmark {

	private static final Duration HELD = Duration.parse(System.getProperty("bench.held", "PT10M"));

	private static final int IN_FLIGHT = Integer.getInteger("bench.inFlight", 10_000);

	private static final Duration WARM_UP = Duration.ofSeconds(20);

	private static final Queue BASE = new Queue(new DbScheduler(true), "scheduled_tasks", "execution_time_idx");

	private static BenchPostgres postgres;

	@BeforeAll
	static void startPostgres() throws IOException, SQLException {
		postgres = BenchPostgres.start();
	}

	@AfterAll
	static void stopPostgres() throws IOException, SQLException {
		postgres.close();
	}

	@Test
	void runsGoOnWhileATransactionStaysOpen() throws Exception {
		Map<Queue, List<Minute>> minutes = new LinkedHashMap<>();
		for (Queue queue : contestants()) {
			minutes.put(queue, minutes(queue));
		}
		Report report = new Report("held", about(), "minute", "engine", "transitions/s", "× db-scheduler",
				"× itself before", "PostgreSQL µs", "JVM µs", "dead rows", "due index MB");
		for (int minute = 0; minute <= HELD.toMinutes(); minute++) {
			for (Map.Entry<Queue, List<Minute>> one : minutes.entrySet()) {
				Minute base = minutes.getOrDefault(BASE, one.getValue()).get(minute);
				one.getValue().get(minute).show(report, one.getKey(), minute, base, one.getValue().get(0));
			}
		}
		report.write();
	}

	private static List<Queue> contestants() {
		return Stream.of(BASE, new Queue(new DistributeImage(1), "run", "run_due"))
			.filter((queue) -> queue.contestant().isWanted())
			.toList();
	}

	private static List<Minute> minutes(Queue queue) throws IOException, InterruptedException, SQLException {
		Contestant contestant = queue.contestant();
		String database = postgres.newDatabase();
		postgres.checkpoint();
		contestant.prepare(postgres, database, IN_FLIGHT);
		postgres.analyze(database);
		Calls calls = Calls.endless(Load.NO_CALL.call());
		List<Minute> minutes = new ArrayList<>();
		try (Contestant.Round round = contestant.round(postgres, database, Load.NO_CALL, calls)) {
			round.start();
			TimeUnit.NANOSECONDS.sleep(WARM_UP.toNanos());
			minutes.add(minute(queue, database, calls));
			try (Connection held = postgres.hold(database)) {
				while (minutes.size() <= HELD.toMinutes()) {
					minutes.add(minute(queue, database, calls));
				}
				Report.write("held " + contestant.name() + ".txt", postgres.topStatements());
				held.rollback();
			}
			assertThat(calls.twice()).as("calls of %s out of order", contestant.name()).isZero();
		}
		postgres.drop(database);
		return minutes;
	}

	private static Minute minute(Queue queue, String database, Calls calls) throws InterruptedException {
		postgres.forgetStatements();
		Counters before = Counters.of(postgres);
		long madeBefore = calls.made();
		TimeUnit.MINUTES.sleep(1);
		long made = calls.made() - madeBefore;
		Minute minute = new Minute(made, Counters.of(postgres).minus(before),
				number(database,
						"select n_dead_tup from pg_stat_user_tables where relname = '%s'".formatted(queue.table())),
				number(database, "select pg_relation_size('%s')".formatted(queue.index())));
		System.out.printf("%s: %.0f transitions/s, %,d dead rows%n", queue.contestant().name(), minute.perSecond(),
				minute.deadRows());
		return minute;
	}

	private static long number(String database, String query) {
		return JdbcClient.create(new DriverManagerDataSource(postgres.url(database), "postgres", "postgres"))
			.sql(query)
			.query(Long.class)
			.single();
	}

	private static String about() {
		return """
				%,d runs polled for ever, a transaction open from the end of minute 0, PostgreSQL %s, fsync %s, \
				%d connections and %d threads for both, %d processors.""".formatted(IN_FLIGHT, postgres.version(),
				BenchPostgres.FSYNC, BenchPostgres.CONNECTIONS, Load.NO_CALL.threads(),
				Runtime.getRuntime().availableProcessors());
	}

	/**
	 * A contestant, and where PostgreSQL keeps its dead rows.
	 *
	 * @param table the table of its runs
	 * @param index the index that finds due runs
	 */
	private record Queue(Contestant contestant, String table, String index) {
	}

	/**
	 * The results of a contestant in one minute.
	 *
	 * @param deadRows at the end of the minute
	 * @param indexBytes at the end of the minute
	 */
	private record Minute(long transitions, Counters used, long deadRows, long indexBytes) {

		private double perSecond() {
			return this.transitions / (this.used.nanos() / 1e9);
		}

		private void show(Report report, Queue queue, int number, Minute base, Minute first) {
			report.row(number, queue.contestant().name(), perSecond(), perSecond() / base.perSecond(),
					perSecond() / first.perSecond(), this.used.databaseCpu() / 1e3 / this.transitions,
					this.used.jvmCpu() / 1e3 / this.transitions, this.deadRows, this.indexBytes / 1e6);
		}

	}

}
