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
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.nimbusds.jose.jwk.RSAKey;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.provider.Moods.Mood;
import dev.distributeimage.provider.OpenIdProvider;
import dev.distributeimage.provider.ProviderKeys;
import dev.distributeimage.provider.Tokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares POST and GET of callers that sign in with those of open mode: {@code ./mvnw
 * -DskipTests package}, then {@code ./mvnw -Pbench test -Dtest=SignInBenchmark}.
 * <p>
 * {@code -Dbench.turns} is the number of rounds (15), {@code -Dbench.seconds} the length
 * of a round (3), {@code -Dbench.owners} the number of callers, each of an owner of its
 * own (100), {@code -Dbench.fsync} whether the log is flushed (off).
 */
@Tag("bench")
class SignInBenchmark {

	private static final int ROUNDS = Integer.getInteger("bench.turns", 15);

	private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("bench.seconds", 3));

	private static final int OWNERS = Integer.getInteger("bench.owners", 100);

	private static final int SHOWN = 1_000;

	private static final String[] SIGN_IN = { "--distribute-image.poller.enabled=false",
			"--distribute-image.security.open=false",
			"--spring.security.oauth2.resourceserver.jwt.audiences=" + OpenIdProvider.AUDIENCE,
			"--distribute-image.policies.default.accounts=123456789012",
			"--distribute-image.policies.default.regions=eu-west-1,us-east-1",
			"--distribute-image.policies.default.recipes=arn:aws:imagebuilder:*:123456789012:image-recipe/web/*",
			"--distribute-image.policies.default.infrastructure-configurations="
					+ "arn:aws:imagebuilder:*:123456789012:infrastructure-configuration/*",
			"--distribute-image.policies.default.share.accounts=111122223333",
			"--distribute-image.limits.starts=1000000", "--distribute-image.limits.runs-in-flight=1000000",
			"--distribute-image.limits.requests=1000000", "--distribute-image.limits.burst=1000000" };

	private static final RSAKey INVENTED = ProviderKeys.rsa();

	private static BenchPostgres postgres;

	private static OpenIdProvider provider;

	private static List<String> tokens;

	private static Map<Mode, SeparateServer> servers;

	@BeforeAll
	static void start() throws IOException, SQLException {
		boolean here = Wrk.isHere();
		if (!here) {
			System.out.println("skipped: SignInBenchmark (needs wrk)");
		}
		Assumptions.assumeTrue(here, "needs wrk");
		postgres = BenchPostgres.start();
		provider = OpenIdProvider.start();
		tokens = IntStream.range(0, OWNERS)
			.mapToObj((i) -> new Tokens(provider).with((claims) -> claims.subject("owner-" + i)
				.expirationTime(Tokens.in(Duration.ofMinutes(59)))))
			.toList();
		servers = new EnumMap<>(Map.of(Mode.OPEN,
				server("--distribute-image.poller.enabled=false", "--distribute-image.security.open=true"),
				Mode.SIGN_IN,
				server(Stream.concat(Stream.of(SIGN_IN),
						Stream.of("--spring.security.oauth2.resourceserver.jwt.issuer-uri=" + provider.issuer()))
					.toArray(String[]::new))));
	}

	// Both in one process would be compiled for what only one of them does.
	private static SeparateServer server(String... settings) throws IOException {
		return SeparateServer.start(postgres, postgres.newDatabase(), settings);
	}

	@AfterAll
	static void stop() throws IOException, SQLException {
		if (postgres != null) {
			servers.values().forEach(SeparateServer::close);
			provider.close();
			postgres.close();
		}
	}

	@Test
	void postAndGetWithATokenBesideOpenMode() throws IOException, InterruptedException {
		Report report = new Report("sign-in", about(), "request", "mode", "requests/s", "× open", "p50 ms", "p99 ms",
				"PostgreSQL µs", "JVM µs", "processors × open");
		rows(report, "POST", SignInBenchmark::post);
		for (Mode mode : Mode.values()) {
			post(mode, TIME);
		}
		rows(report, "GET", SignInBenchmark::get);
		report.write();
	}

	/**
	 * Tells whether known callers notice that the keys cannot be fetched while strangers
	 * send tokens of keys that nobody knows.
	 */
	@Test
	void getWithATokenWhileTheKeySetHangs() throws IOException, InterruptedException {
		Report report = new Report("hanging-keys", about(), "key set", "requests/s", "p50 ms", "p99 ms", "p99 × well",
				"strangers answered", "with", "after ms at most");
		post(Mode.SIGN_IN, TIME);
		get(Mode.SIGN_IN, TIME);
		List<Crowd> well = new ArrayList<>();
		List<Crowd> hanging = new ArrayList<>();
		for (int round = 0; round < ROUNDS; round++) {
			well.add(crowd(Mood.WELL));
			hanging.add(crowd(Mood.HANGING));
		}
		provider.moods().become(Mood.WELL);
		for (List<Crowd> crowds : List.of(well, hanging)) {
			report.row((crowds == well) ? "answers" : "hangs", median(crowds, (one) -> one.good().perSecond()),
					median(crowds, (one) -> one.good().p50().toNanos() / 1e6),
					median(crowds, (one) -> one.good().p99().toNanos() / 1e6),
					median(crowds, (one) -> one.good().p99().toNanos())
							/ median(well, (one) -> one.good().p99().toNanos()),
					crowds.stream().mapToInt((one) -> one.strangers().count()).sum(),
					crowds.stream().flatMap((one) -> one.strangers().statuses().stream()).distinct().sorted().toList(),
					crowds.stream().mapToLong((one) -> one.strangers().longest()).max().orElseThrow());
		}
		report.write();
		assertThat(hanging).allSatisfy((one) -> assertThat(one.good().failed()).isZero());
	}

	private static Crowd crowd(Mood mood) throws IOException, InterruptedException {
		provider.moods().become(mood);
		try (Strangers strangers = new Strangers(Mode.SIGN_IN.server().uri("/v1/runs"),
				() -> new Tokens(provider).withKey(INVENTED, UUID.randomUUID().toString()))) {
			return new Crowd(get(Mode.SIGN_IN, TIME), strangers.end());
		}
	}

	// The runs of a round are few for each owner, as they are in operation.
	private static Wrk.Figures post(Mode mode, Duration time) throws IOException, InterruptedException {
		TestPostgres.empty(mode.server().jdbc());
		String round = UUID.randomUUID().toString().substring(0, 8);
		return Wrk.post(mode.server().uri("/v1/runs"), Asked.body("web-" + round + "-NUMBER", "eu-west-1"),
				mode.tokens(), time);
	}

	private static Wrk.Figures get(Mode mode, Duration time) throws IOException, InterruptedException {
		List<String> paths = mode.server()
			.jdbc()
			.sql("select '/v1/runs/' || id from run order by number limit " + SHOWN)
			.query(String.class)
			.list();
		return Wrk.get(mode.server().uri(""), paths, mode.tokens(), time);
	}

	// The modes alternate, and take turns at being first.
	private static void rows(Report report, String request, Asking asking) throws IOException, InterruptedException {
		for (Mode mode : Mode.values()) {
			WarmUp.of(request + " " + mode, mode.server()::compilationMillis, List.of((time) -> {
				asking.ask(mode, time);
				postgres.analyze(mode.server().database());
			}));
		}
		List<Pair> pairs = new ArrayList<>();
		for (int round = 0; round < ROUNDS; round++) {
			Map<Mode, Round> both = new EnumMap<>(Mode.class);
			for (Mode mode : (round % 2 == 0) ? List.of(Mode.OPEN, Mode.SIGN_IN) : List.of(Mode.SIGN_IN, Mode.OPEN)) {
				postgres.forgetStatements();
				Counters before = Counters.of(postgres, mode.server().cpuNanos());
				Wrk.Figures figures = asking.ask(mode, TIME);
				assertThat(figures.failed()).as("%s of %s that failed", request, mode).isZero();
				both.put(mode, new Round(figures, Counters.of(postgres, mode.server().cpuNanos()).minus(before)));
				Report.write("sign-in " + request + " " + mode + ".txt", postgres.topStatements());
			}
			pairs.add(new Pair(Objects.requireNonNull(both.get(Mode.OPEN)),
					Objects.requireNonNull(both.get(Mode.SIGN_IN))));
		}
		row(report, request, Mode.OPEN, pairs);
		row(report, request, Mode.SIGN_IN, pairs);
	}

	private static void row(Report report, String request, Mode mode, List<Pair> pairs) {
		report.row(request, mode, median(pairs, (pair) -> pair.of(mode).figures().perSecond()),
				median(pairs, (pair) -> pair.of(mode).figures().perSecond() / pair.open().figures().perSecond()),
				median(pairs, (pair) -> pair.of(mode).figures().p50().toNanos() / 1e6),
				median(pairs, (pair) -> pair.of(mode).figures().p99().toNanos() / 1e6),
				median(pairs, (pair) -> pair.of(mode).micros(pair.of(mode).used().databaseCpu())),
				median(pairs, (pair) -> pair.of(mode).micros(pair.of(mode).used().jvmCpu())),
				median(pairs, (pair) -> pair.of(mode).cpu() / pair.open().cpu()));
	}

	private static <T> double median(List<T> rounds, ToDoubleFunction<T> figure) {
		return rounds.stream()
			.map(figure::applyAsDouble)
			.sorted(Comparator.naturalOrder())
			.skip(rounds.size() / 2)
			.findFirst()
			.orElseThrow();
	}

	private static String about() {
		return """
				PostgreSQL %s, fsync %s, a process for each mode, wrk with %d connections and the tokens of %d owners, %d processors for all of \
				it, JDK %s; medians of %d rounds of %d s, which alternate; ratios are of neighbours. \
				Processor time is per request.""".formatted(postgres.version(), BenchPostgres.FSYNC, Wrk.CONNECTIONS, OWNERS,
				Runtime.getRuntime().availableProcessors(), Runtime.version().feature(), ROUNDS, TIME.toSeconds());
	}

	/** How callers are let in. */
	private enum Mode {

		OPEN, SIGN_IN;

		SeparateServer server() {
			return Objects.requireNonNull(servers.get(this));
		}

		List<String> tokens() {
			return (this == SIGN_IN) ? tokens : List.of();
		}

	}

	/** Measures a round of one mode. */
	private interface Asking {

		Wrk.Figures ask(Mode mode, Duration time) throws IOException, InterruptedException;

	}

	/** The result of a round, and the resources it used. */
	private record Round(Wrk.Figures figures, Counters used) {

		double micros(long nanos) {
			return nanos / 1_000.0 / this.figures.requests();
		}

		double cpu() {
			return micros(this.used.databaseCpu() + this.used.jvmCpu());
		}

	}

	/** A round of known callers, with strangers beside them. */
	private record Crowd(Wrk.Figures good, Strangers.Answers strangers) {
	}

	/** Two rounds, one right after the other. */
	private record Pair(Round open, Round signIn) {

		Round of(Mode mode) {
			return (mode == Mode.OPEN) ? this.open : this.signIn;
		}

	}

}
