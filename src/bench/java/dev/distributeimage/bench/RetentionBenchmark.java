package dev.distributeimage.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import dev.distributeimage.DistributeImageApplication;
import dev.distributeimage.api.Wire;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.NewDistributionConfiguration;
import dev.distributeimage.imagebuilder.NewImage;
import dev.distributeimage.retention.Removals;
import dev.distributeimage.run.Image;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Measures polls and POSTs while ended runs are removed, and the room that they leave:
 * {@code ./mvnw -Pbench test -Dtest=RetentionBenchmark}.
 * <p>
 * Of {@code -Dbench.ended} (1,000,000) runs, {@code -Dbench.removed} (100,000) are removed
 * and replaced by new ones, {@code -Dbench.turns} (3) times. {@code -Dbench.inFlight}
 * (10,000) runs are polled every 30 s and {@code -Dbench.posts} (50) started a second,
 * for {@code -Dbench.seconds} (60) without a removal and at most as long with one.
 */
@Tag("bench")
class RetentionBenchmark {

	private static final int ENDED = Integer.getInteger("bench.ended", 1_000_000);

	private static final int REMOVED = Integer.getInteger("bench.removed", 100_000);

	private static final int TURNS = Integer.getInteger("bench.turns", 3);

	private static final int IN_FLIGHT = Integer.getInteger("bench.inFlight", 10_000);

	private static final int POSTS = Integer.getInteger("bench.posts", 50);

	private static final int SECONDS = Integer.getInteger("bench.seconds", 60);

	private static final int CALLERS = 4;

	/** Above the numbers of all ended runs. */
	private static final long FIRST_IN_FLIGHT = 1_000_000_000;

	private static final Duration VACUUM_PATIENCE = Duration.ofMinutes(5);

	private static final List<String> TABLES = List.of("run", "run_input", "run_event", "run_term", "run_removed");

	private final Instant first = Instant.now().minus(Duration.ofDays(1_000));

	private final Queue<Long> postNanos = new ConcurrentLinkedQueue<>();

	private final AtomicLong refused = new AtomicLong();

	private final ScheduledExecutorService callers = Executors.newScheduledThreadPool(CALLERS);

	private volatile boolean posting;

	private BenchPostgres postgres;

	private Server service;

	private HikariDataSource pool;

	private JdbcClient jdbc;

	@BeforeEach
	void start() throws IOException, SQLException {
		this.postgres = BenchPostgres.start();
		String database = this.postgres.newDatabase();
		new DistributeImage(1).prepare(this.postgres, database, 0);
		this.pool = this.postgres.pool(database);
		this.jdbc = JdbcClient.create(this.pool);
		OldRuns.ended(this.jdbc, 1, ENDED, this.first);
		this.jdbc.sql("alter table run_input alter number restart with %d".formatted(FIRST_IN_FLIGHT + IN_FLIGHT))
			.update();
		// As autovacuum does, which passes by what has never had a row.
		this.jdbc.sql("vacuum analyze run, run_input, run_event, run_term").update();
		this.postgres.checkpoint();
		this.service = service(database);
		// Stored last, so that the startup delays none.
		OldRuns.inFlight(this.jdbc, FIRST_IN_FLIGHT, FIRST_IN_FLIGHT + IN_FLIGHT - 1);
	}

	@AfterEach
	void stop() throws IOException, SQLException {
		this.callers.shutdownNow();
		if (this.service != null) {
			this.service.close();
		}
		this.pool.close();
		this.postgres.close();
	}

	// The service keeps its runs: the removal is that of another replica, which begins
	// when it is told to.
	private Server service(String database) {
		return Server.start(
				new SpringApplicationBuilder(DistributeImageApplication.class)
					.initializers((GenericApplicationContext context) -> context.registerBean("endlessBuilds",
							ImageBuilder.class, EndlessBuilds::new, (definition) -> definition.setPrimary(true))),
				this.postgres, database, "--distribute-image.retention.ended-runs=0",
				"--distribute-image.poller.region-share=1", "--distribute-image.image.poll-every=30s",
				"--management.metrics.distribution.percentiles.distribute.image.lateness=0.5,0.99",
				"--management.metrics.distribution.expiry.distribute.image.lateness=%ds".formatted(SECONDS));
	}

	@Test
	void pollsAndPostsGoOnWhileRunsAreRemoved() throws Exception {
		Report pace = new Report("retention", about(), "turn", "removal", "seconds", "removed/s", "polls/s", "late p50 ms",
				"late p99 ms", "POST/s", "POST p50 ms", "POST p99 ms", "refused", "PostgreSQL, processors",
				"a portion, ms");
		Report sizes = new Report("retention-sizes", "Megabytes with indexes, vacuumed by autovacuum alone.",
				Stream.concat(Stream.of("turn", "after"), TABLES.stream()).toArray(String[]::new));
		size(sizes, 0, "the fill");
		UUID round = UUID.randomUUID();
		AtomicLong names = new AtomicLong();
		for (int caller = 0; caller < CALLERS; caller++) {
			Wire wire = new Wire(this.service.port());
			var unused = this.callers.scheduleAtFixedRate(
					() -> post(wire, round + "-" + names.incrementAndGet()), 0, 1_000_000L * CALLERS / POSTS,
					TimeUnit.MICROSECONDS);
		}
		// The compiler has two intervals.
		this.posting = true;
		TimeUnit.SECONDS.sleep(Math.min(60, 6L * SECONDS));
		for (int turn = 1; turn <= TURNS; turn++) {
			this.posting = true;
			measure(pace, turn, CompletableFuture.completedFuture(0));
			long upTo = (long) turn * REMOVED;
			Removals replica = new Removals(this.jdbc, OldRuns.keep(this.first, upTo));
			CompletableFuture<Integer> removal = CompletableFuture.supplyAsync(replica::look);
			measure(pace, turn, removal);
			this.posting = false;
			removal.join();
			assertThat(count("select count(*) from run where number <= " + upTo)).isZero();
			awaitVacuum();
			size(sizes, turn, "the removal");
			OldRuns.ended(this.jdbc, ENDED + upTo - REMOVED + 1, ENDED + upTo, this.first);
			awaitVacuum();
			size(sizes, turn, "the refill");
		}
		pace.write();
		sizes.write();
	}

	// Runs that are started meanwhile would add to the sizes.
	private void post(Wire wire, String name) {
		if (!this.posting) {
			return;
		}
		try {
			long begun = System.nanoTime();
			int status = wire.send(Wire.post("/v1/runs", Asked.body(name, "eu-west-1")), "POST").status();
			this.postNanos.add(System.nanoTime() - begun);
			if (status != 202) {
				this.refused.incrementAndGet();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	// Ends with the removal, if that takes less time.
	private void measure(Report report, int turn, CompletableFuture<Integer> removal) throws InterruptedException {
		boolean without = removal.isDone();
		this.postgres.forgetStatements();
		this.postNanos.clear();
		this.refused.set(0);
		long pollsBefore = polls();
		long removedBefore = count("select count(*) from run_removed");
		Counters before = Counters.of(this.postgres);
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
		while (System.nanoTime() < end && (without || !removal.isDone())) {
			TimeUnit.MILLISECONDS.sleep(100);
		}
		Counters used = Counters.of(this.postgres).minus(before);
		double seconds = used.nanos() / 1e9;
		long removed = count("select count(*) from run_removed") - removedBefore;
		double[] posts = this.postNanos.stream().mapToDouble((nanos) -> nanos / 1e6).sorted().toArray();
		report.row(turn, without ? "no" : "yes", seconds, removed / seconds, (polls() - pollsBefore) / seconds, late(0.5),
				late(0.99), posts.length / seconds, quantile(posts, 0.5), quantile(posts, 0.99), this.refused.get(),
				used.databaseCpu() / (double) used.nanos(), this.postgres.meanMillisAndRows("with turn as%")[0]);
	}

	private static double quantile(double[] sorted, double share) {
		return (sorted.length == 0) ? 0 : sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))];
	}

	private MeterRegistry metrics() {
		return this.service.context().getBean(MeterRegistry.class);
	}

	private long polls() {
		return metrics().get("distribute.image.lateness").timer().count();
	}

	private double late(double quantile) {
		return Stream.of(metrics().get("distribute.image.lateness").timer().takeSnapshot().percentileValues())
			.filter((value) -> value.percentile() == quantile)
			.mapToDouble((ValueAtPercentile value) -> value.value(TimeUnit.MILLISECONDS))
			.findFirst()
			.orElseThrow();
	}

	/** Waits until autovacuum has nothing to do any more. */
	private void awaitVacuum() {
		Awaitility.await()
			.atMost(VACUUM_PATIENCE)
			.pollInterval(Duration.ofSeconds(1))
			.until(() -> count("select count(*) from pg_stat_progress_vacuum") == 0 && count("""
					select count(*) from pg_stat_user_tables join pg_class on pg_class.oid = relid
					where pg_class.relname = any (array['run_input', 'run_event', 'run_term'])
					  and n_dead_tup > 50 + reltuples * coalesce((
					    select cast(split_part(one, '=', 2) as float) from unnest(reloptions) one
					    where one like 'autovacuum_vacuum_scale_factor=%'), 0.2)""") == 0);
	}

	private void size(Report report, int turn, String after) {
		List<Object> row = new ArrayList<>(List.of(turn, after));
		TABLES.forEach((table) -> row.add(count("select pg_total_relation_size('" + table + "')") / 1e6));
		report.row(row.toArray());
	}

	private long count(String query) {
		return this.jdbc.sql(query).query(Long.class).single();
	}

	private String about() {
		return """
				%,d ended runs, of which %,d are removed; %,d polled every 30 s and %d started a second, %d processors \
				for the service, its callers and PostgreSQL %s (fsync %s).""".formatted(ENDED, REMOVED, IN_FLIGHT,
				POSTS, Runtime.getRuntime().availableProcessors(), this.postgres.version(), BenchPostgres.FSYNC);
	}

	/**
	 * Accepts every create. New images are there at the first poll, all others are built
	 * for ever.
	 */
	private static final class EndlessBuilds extends NoImageBuilder {

		private static final String NEW = "image/new/";

		private final AtomicLong images = new AtomicLong();

		@Override
		public String createDistributionConfiguration(NewDistributionConfiguration configuration) {
			return "arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/"
					+ configuration.input().distributionName();
		}

		@Override
		public String createImage(NewImage image) {
			return "arn:aws:imagebuilder:eu-west-1:123456789012:" + NEW + "1.0.0/" + this.images.incrementAndGet();
		}

		@Override
		public Image getImage(String imageBuildVersionArn) {
			return Image.of(imageBuildVersionArn.contains(NEW) ? "AVAILABLE" : "BUILDING", null);
		}

	}

}
