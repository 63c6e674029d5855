package dev.distributeimage.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import dev.distributeimage.DistributeImageApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares POST and GET with a bare endpoint that stores the same bytes and returns them:
 * {@code ./mvnw -Pbench test -Dtest=HttpBenchmark}.
 * <p>
 * {@code -Dbench.turns} is the number of rounds (3), {@code -Dbench.seconds} the length
 * of a round (6), {@code -Dbench.rows} the number of runs to list (1,000,000), {@code
 * -Dbench.fsync} whether the log is flushed (off).
 */
@Tag("bench")
class HttpBenchmark {

	private static final int ROUNDS = Integer.getInteger("bench.turns", 3);

	private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("bench.seconds", 6));

	private static final int RUNS = Integer.getInteger("bench.rows", 1_000_000);

	private static final int SHOWN = 1_000;

	private static BenchPostgres postgres;

	private static Server service;

	private static Server bare;

	@BeforeAll
	static void start() throws IOException, SQLException {
		boolean here = Wrk.isHere();
		if (!here) {
			System.out.println("skipped: HttpBenchmark (needs wrk)");
		}
		Assumptions.assumeTrue(here, "needs wrk");
		postgres = BenchPostgres.start();
		service = service(postgres.newDatabase());
		bare = Server.start(new SpringApplicationBuilder(BareEndpoint.class), postgres, postgres.newDatabase(),
				"--bench.bare=true", "--management.endpoint.health.validate-group-membership=false");
		bare.jdbc().sql(BareEndpoint.TABLE).update();
	}

	@AfterAll
	static void stop() throws IOException, SQLException {
		if (postgres != null) {
			bare.close();
			service.close();
			postgres.close();
		}
	}

	@Test
	void postAndGetBesideABareEndpoint() throws IOException, InterruptedException {
		Report report = new Report("http", about(), "request", "endpoint", "requests/s", "× bare", "p50 ms", "p99 ms",
				"p99 × bare", "statements", "WAL bytes", "PostgreSQL µs", "JVM µs");
		rows(report, "POST", HttpBenchmark::post);
		Map<Endpoint, List<String>> paths = paths();
		rows(report, "GET", (endpoint, time) -> Wrk.get(endpoint.server().uri(""),
				Objects.requireNonNull(paths.get(endpoint)), time));
		report.write();
	}

	@Test
	void pagesAreAsFastAtTheEndOfTheListAsAtItsBeginning() throws IOException, InterruptedException {
		try (Server many = service(postgres.newDatabase())) {
			try (HikariDataSource patient = postgres.pool(many.database())) {
				OldRuns.mixed(JdbcClient.create(patient), RUNS);
			}
			Report report = new Report("lists", "%d runs, pages of 50, one request at a time.".formatted(RUNS),
					"filters", "page", "p50 ms", "× first", "p99 ms");
			ListPages pages = new ListPages(many, RUNS);
			pages.rows(report, "", 1);
			pages.rows(report, "status=FAILED", 10);
			pages.rows(report, "status=RUNNING", 100);
			pages.rows(report, "label=team%3At5", 10);
			pages.rows(report, "imageRecipeArn=arn%3Aaws%3Aimagebuilder%3Aeu-west-1%3A123456789012%3Aimage-recipe%2Fweb",
					1);
			pages.rows(report, "imageStatus=AVAILABLE&label=team%3At5&region=eu-west-1", 10);
			report.write();
		}
	}

	private static Server service(String database) {
		return Server.start(new SpringApplicationBuilder(DistributeImageApplication.class), postgres, database,
				"--distribute-image.poller.enabled=false");
	}

	/** The endpoints. */
	private enum Endpoint {

		BARE, SERVICE;

		Server server() {
			return (this == BARE) ? bare : service;
		}

	}

	/** Measures a round of one endpoint. */
	private interface Asking {

		Wrk.Figures ask(Endpoint endpoint, Duration time) throws IOException, InterruptedException;

	}

	/** The result of a round, and the resources it used. */
	private record Round(Wrk.Figures figures, Counters used) {

		double perSecond() {
			return this.figures.perSecond();
		}

		double p99() {
			return millis(this.figures.p99());
		}

		double per(long count) {
			return (double) count / this.figures.requests();
		}

	}

	private static Wrk.Figures post(Endpoint endpoint, Duration time) throws IOException, InterruptedException {
		String round = UUID.randomUUID().toString().substring(0, 8);
		return Wrk.post(endpoint.server().uri((endpoint == Endpoint.BARE) ? "/bare" : "/v1/runs"),
				Asked.body("web-" + round + "-NUMBER", "eu-west-1"), time);
	}

	private static Map<Endpoint, List<String>> paths() {
		Map<Endpoint, List<String>> paths = new EnumMap<>(Endpoint.class);
		paths.put(Endpoint.BARE, strings(bare, "select '/bare/' || token from bare order by random()"));
		paths.put(Endpoint.SERVICE, strings(service, "select '/v1/runs/' || id from run order by random()"));
		return paths;
	}

	private static List<String> strings(Server server, String query) {
		return server.jdbc().sql(query + " limit " + SHOWN).query(String.class).list();
	}

	// The endpoints alternate, so that other load on the machine affects both.
	private static void rows(Report report, String request, Asking asking) throws IOException, InterruptedException {
		warmUp(request, asking);
		Map<Endpoint, List<Round>> rounds = new EnumMap<>(Endpoint.class);
		postgres.forgetStatements();
		for (int round = 0; round < ROUNDS; round++) {
			for (Endpoint endpoint : Endpoint.values()) {
				Counters before = Counters.of(postgres);
				Wrk.Figures figures = ask(request, asking, endpoint, TIME);
				rounds.computeIfAbsent(endpoint, (key) -> new ArrayList<>())
					.add(new Round(figures, Counters.of(postgres).minus(before)));
			}
		}
		Report.write("http " + request + ".txt", postgres.topStatements());
		List<Round> bareRounds = Objects.requireNonNull(rounds.get(Endpoint.BARE));
		rounds.forEach((endpoint, all) -> row(report, request, endpoint, all, bareRounds));
	}

	// The tables are then in their operating state.
	private static void warmUp(String request, Asking asking) throws IOException, InterruptedException {
		WarmUp.of(request, Stream.of(Endpoint.values()).<WarmUp.Asking>map((endpoint) -> (time) -> {
			ask(request, asking, endpoint, time);
			postgres.analyze(endpoint.server().database());
		}).toList());
	}

	private static Wrk.Figures ask(String request, Asking asking, Endpoint endpoint, Duration time)
			throws IOException, InterruptedException {
		Wrk.Figures figures = asking.ask(endpoint, time);
		assertThat(figures.failed()).as("%s of %s that failed", request, endpoint).isZero();
		return figures;
	}

	private static void row(Report report, String request, Endpoint endpoint, List<Round> rounds, List<Round> bareRounds) {
		Round one = median(rounds, Round::perSecond);
		double p99 = median(rounds, Round::p99).p99();
		report.row(request, (endpoint == Endpoint.BARE) ? "bare" : "distribute-image", one.perSecond(),
				one.perSecond() / median(bareRounds, Round::perSecond).perSecond(), millis(one.figures().p50()), p99,
				p99 / median(bareRounds, Round::p99).p99(), one.per(one.used().statements()),
				one.per(one.used().walBytes()), one.per(one.used().databaseCpu()) / 1_000,
				one.per(one.used().jvmCpu()) / 1_000);
	}

	private static Round median(List<Round> rounds, ToDoubleFunction<Round> figure) {
		return rounds.stream()
			.sorted(Comparator.comparingDouble(figure))
			.skip(rounds.size() / 2)
			.findFirst()
			.orElseThrow();
	}

	private static double millis(Duration duration) {
		return duration.toNanos() / 1e6;
	}

	private static String about() {
		return """
				PostgreSQL %s, fsync %s, wrk with %d connections, the connections to PostgreSQL and threads that the \
				service ships with for both, %d processors for all of it, JDK %s; median of %d rounds of %d s. \
				Statements, WAL bytes and processor time are per request.""".formatted(postgres.version(),
				BenchPostgres.FSYNC, Wrk.CONNECTIONS, Runtime.getRuntime().availableProcessors(),
				Runtime.version().feature(), ROUNDS, TIME.toSeconds());
	}

}
