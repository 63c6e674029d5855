package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.LowWaterMarks;
import dev.distributeimage.run.queue.RunQueue;
import dev.distributeimage.run.view.RunSnapshots;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that Regions go with their last run in flight, and never under a new one. */
@DatabaseTest
@NullUnmarked
class ForgottenRegionsTests {

	private static final String REGION = "us-west-1";

	private static final String END = """
			update run set status = 'TIMED_OUT', next_attempt_at = null, finished_at = created_at, step = 'getImage',
			  distribution_configuration_arn = 'd', image_build_version_arn = 'i'
			where region = :region""";

	@AutoClose("shutdownNow")
	private final ExecutorService thread = Executors.newSingleThreadExecutor();

	@Autowired
	private RunQueue queue;

	@Autowired
	private RunStarts starts;

	@Autowired
	private RunRetry retry;

	@Autowired
	private RunCancellation cancellation;

	@Autowired
	private TransactionTemplate transaction;

	@Autowired
	private JdbcClient jdbc;

	private RunInserts inserts;

	private UUID ended;

	@BeforeEach
	void endTheOnlyRun(@Autowired JsonMapper json, @Autowired RunSnapshots snapshots) {
		TestPostgres.empty(this.jdbc);
		new VirtualTime(this.jdbc);
		this.inserts = new RunInserts(this.jdbc, json, snapshots, Runnable::run, Duration.ofMinutes(1));
		this.ended = start(REGION);
		this.jdbc.sql(END).param("region", REGION).update();
	}

	@Test
	void regionGoesWithItsLastRunInFlight() {
		start("us-west-2");
		new LowWaterMarks(System::nanoTime).refresh(this.queue);
		assertThat(regions()).contains("us-west-2").doesNotContain(REGION);
		start(REGION);
		new LowWaterMarks(System::nanoTime).refresh(this.queue);
		assertThat(regions()).contains(REGION);
	}

	@Test
	void runInsertedMeanwhileKeepsItsRegion() {
		meanwhile((id) -> this.inserts.insert(new RunInserts.Request(UUID.randomUUID(), id.toString(),
				NewRuns.of(REGION, "web"), Duration.ofHours(1), NewRuns.ANYBODY, null)));
	}

	@Test
	void runRetriedMeanwhileKeepsItsRegion() {
		meanwhile((id) -> this.retry.request(id, NewRuns.ANYBODY, null));
	}

	@Test
	void runCancelledAfterItsTimeoutMeanwhileKeepsItsRegion() {
		meanwhile((id) -> this.cancellation.request(id, NewRuns.ANYBODY));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void endedRunThatGoesOnBringsItsRegionBack(boolean retried) {
		new LowWaterMarks(System::nanoTime).refresh(this.queue);
		assertThat(regions()).doesNotContain(REGION);
		if (retried) {
			this.retry.request(this.ended, NewRuns.ANYBODY, null);
		}
		else {
			this.cancellation.request(this.ended, NewRuns.ANYBODY);
		}
		assertThat(claimed()).hasSize(1);
	}

	// The scan begins before the commit, and may end after it.
	private void meanwhile(Consumer<UUID> request) {
		CompletableFuture<Void> scan = this.transaction.execute((status) -> {
			request.accept(this.ended);
			CompletableFuture<Void> begun = CompletableFuture
				.runAsync(() -> new LowWaterMarks(System::nanoTime).refresh(this.queue), this.thread);
			Awaitility.await().until(() -> begun.isDone() || waitsForTheLock());
			return begun;
		});
		scan.join();
		assertThat(regions()).contains(REGION);
		assertThat(claimed()).hasSize(1);
	}

	private boolean waitsForTheLock() {
		return this.jdbc.sql("""
				select exists (
				  select from pg_locks
				  where locktype = 'advisory' and not granted
				    and database = (select oid from pg_database where datname = current_database()))""")
			.query(Boolean.class)
			.single();
	}

	private List<Claim> claimed() {
		return this.queue.claim(10, 10, Duration.ofMinutes(1), this.queue.lowWaterMarks());
	}

	private List<String> regions() {
		return this.jdbc.sql("select region from run_region").query(String.class).list();
	}

	private UUID start(String region) {
		return ((StartResult.Started) this.starts.start(NewRuns.of(region, "web"), NewRuns.ANYBODY, null)).run().id();
	}

}
