package dev.distributeimage.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Measures durable transitions of runs, as each engine makes them by itself, on one
 * PostgreSQL: {@code ./mvnw -Pbench test -Dtest=EngineBenchmark}.
 * <p>
 * {@code -Dbench.only} is a regular expression for contestants' names
 * ({@link Contestant#isWanted()}), {@code -Dbench.load} one for loads,
 * {@code -Dbench.turns} the number of rounds (3), {@code -Dbench.size} the length of a
 * round (1.0), {@code -Dbench.fsync} whether the log is flushed (off).
 */
@Tag("bench")
class EngineBenchmark {

	private static final int ROUNDS = Integer.getInteger("bench.turns", 3);

	private static final double SIZE = Double.parseDouble(System.getProperty("bench.size", "1"));

	private static final String BASE = "db-scheduler, lock-and-fetch";

	private static final Duration PATIENCE = Duration.ofMinutes(3);

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
	void everyEngineEndsEveryRunOnce() throws IOException, InterruptedException {
		Report report = new Report("engine", about(), "call", "engine", "transitions/s", "× db-scheduler", "statements",
				"commits", "WAL bytes", "page images", "PostgreSQL µs", "JVM µs");
		for (Load load : loads()) {
			Map<String, Measurement> medians = medians(load);
			medians.values().forEach((median) -> row(report, median, medians.getOrDefault(BASE, median)));
		}
		report.write();
	}

	private static List<Load> loads() {
		return Stream.of(Load.NO_CALL, Load.MANY_POLLS, Load.SHORT_CALL)
			.filter((load) -> load.toString().matches(System.getProperty("bench.load", ".*")))
			.toList();
	}

	// Contestants alternate, so that other load on the machine affects all of them. The
	// first round warms up the compiler.
	private static Map<String, Measurement> medians(Load load) throws InterruptedException, IOException {
		Map<String, List<Measurement>> rounds = new TreeMap<>();
		for (int round = 0; round <= ROUNDS; round++) {
			for (Contestant contestant : contestants(load)) {
				Measurement measured = measure(contestant, load);
				if (round > 0) {
					rounds.computeIfAbsent(contestant.name(), (name) -> new ArrayList<>()).add(measured);
				}
			}
		}
		Map<String, Measurement> medians = new TreeMap<>();
		rounds.forEach((name, measured) -> medians.put(name, Measurement.median(measured)));
		return medians;
	}

	private static List<Contestant> contestants(Load load) {
		return Stream
			.<Contestant>of(new DistributeImage(1), new DistributeImage(2), new DbScheduler(true),
					new DbScheduler(false), new JobRunr(), new PgBench())
			.filter((contestant) -> contestant.isWanted() && contestant.runs(load) > 0 && contestant.isHere())
			.toList();
	}

	private static Measurement measure(Contestant contestant, Load load) throws InterruptedException, IOException {
		int runs = (int) (contestant.runs(load) * SIZE);
		String database = postgres.newDatabase();
		postgres.checkpoint();
		contestant.prepare(postgres, database, runs);
		postgres.analyze(database);
		long commitsBefore = postgres.commits(database);
		postgres.forgetStatements();
		Calls calls = new Calls(load, runs);
		Counters used;
		try (Contestant.Round round = contestant.round(postgres, database, load, calls)) {
			Counters before = Counters.of(postgres);
			round.start();
			round.awaitEnd(PATIENCE);
			used = Counters.of(postgres).minus(before);
			assertThat(round.unended()).as("runs of %s that have not ended", contestant.name()).isZero();
			assertThat(round.endedOnce()).as("runs of %s that have ended once", contestant.name()).isEqualTo(runs);
			assertThat(calls.twice()).as("calls of %s out of order", contestant.name()).isZero();
		}
		Measurement measured = new Measurement(contestant.name(), load, (long) runs * load.mix().perRun(),
				postgres.commits(database) - commitsBefore, used);
		postgres.drop(database);
		Report.write(contestant.name() + " " + load + ".txt", postgres.topStatements());
		System.out.printf("%s, %s: %.0f transitions/s%n", contestant.name(), load, measured.perSecond());
		return measured;
	}

	private static void row(Report report, Measurement one, Measurement base) {
		Counters used = Objects.requireNonNull(one.used());
		report.row(one.load(), one.contestant(), one.perSecond(), one.perSecond() / base.perSecond(),
				one.per(used.statements()), one.per(one.commits()), one.per(used.walBytes()),
				one.per(used.pageImages()), one.per(used.databaseCpu()) / 1_000, one.per(used.jvmCpu()) / 1_000);
	}

	private static String about() {
		return """
				PostgreSQL %s, fsync %s, %d connections and the same threads for all (%d at 0 ms, %d at 5 ms), \
				%d processors, JDK %s; median of %d rounds. Statements, commits, WAL bytes, page images and \
				processor time are per transition.""".formatted(postgres.version(), BenchPostgres.FSYNC,
				BenchPostgres.CONNECTIONS, Load.NO_CALL.threads(), Load.SHORT_CALL.threads(),
				Runtime.getRuntime().availableProcessors(), Runtime.version().feature(), ROUNDS);
	}

}
