package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.Intercepted.Call;
import dev.distributeimage.InterceptedDataSource;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.postgres.BatchOverdueException;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@DatabaseTest
class RunInsertsTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HeldDataSource database;

	private final RunSnapshots snapshots;

	private final JsonMapper json;

	private final RunInserts inserts;

	private final JdbcClient jdbc;

	private CompletableFuture<StartResult> first = new CompletableFuture<>();

	RunInsertsTests(@Autowired DataSource dataSource, @Autowired JsonMapper json, @Autowired JdbcClient jdbc,
			@Autowired RunSnapshots snapshots) {
		TestPostgres.empty(jdbc);
		this.jdbc = jdbc;
		this.json = json;
		this.snapshots = snapshots;
		this.database = new HeldDataSource(dataSource);
		this.inserts = inserts(Duration.ofMinutes(1));
	}

	private RunInserts inserts(Duration longestWait) {
		return new RunInserts(JdbcClient.create(this.database), this.json, this.snapshots, this.threads, longestWait);
	}

	@AfterEach
	void close() {
		this.database.release();
		this.threads.shutdown();
	}

	@Test
	void runsThatArriveMeanwhileShareAStatement() {
		beginAlone();
		List<CompletableFuture<StartResult>> together = new ArrayList<>();
		for (int i = 0; i < RunInserts.MAX_GROUP; i++) {
			together.add(begin("together-" + i));
		}
		releaseOnceThereWait(RunInserts.MAX_GROUP);
		assertThat(together).allSatisfy((run) -> assertThat(run.join()).isInstanceOf(StartResult.Started.class));
		assertThat(this.first.join()).isInstanceOf(StartResult.Started.class);
		assertThat(runs()).isEqualTo(RunInserts.MAX_GROUP + 1);
		assertThat(this.database.statements).hasValue(2);
	}

	@Test
	void oneStatementRunsAtATime() {
		beginAlone();
		CompletableFuture<StartResult> second = begin("second");
		Awaitility.await()
			.during(Duration.ofMillis(100))
			.until(() -> this.inserts.waiting() == 1 && this.database.statements.get() == 1);
		this.database.release();
		assertThat(second.join()).isInstanceOf(StartResult.Started.class);
	}

	@Test
	void sameTokenTwiceInAStatementIsStoredOnce() {
		beginAlone();
		List<CompletableFuture<StartResult>> same = List.of(begin("same"), begin("same"), begin("same"));
		releaseOnceThereWait(3);
		assertThat(same.stream().filter((run) -> run.join() instanceof StartResult.Started)).hasSize(1);
		assertThat(same.stream().filter((run) -> run.join() instanceof StartResult.TokenReused)).hasSize(2);
		assertThat(runs()).isEqualTo(2);
	}

	@Test
	void requestThatTheDatabaseRefusesFailsAlone() {
		beginAlone();
		CompletableFuture<StartResult> good = begin("good");
		CompletableFuture<StartResult> bad = begin("not printable: \n");
		releaseOnceThereWait(2);
		assertThat(good.join()).isInstanceOf(StartResult.Started.class);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(bad::join)
			.withCauseInstanceOf(DataIntegrityViolationException.class);
	}

	@Test
	void runThatHasWaitedTooLongIsNotStored() {
		RunInserts hurried = inserts(Duration.ofSeconds(2));
		CompletableFuture<StartResult> first = begin(hurried, "first");
		Awaitility.await().until(() -> this.database.statements.get() == 1);
		CompletableFuture<StartResult> late = begin(hurried, "late");
		assertThatExceptionOfType(CompletionException.class).isThrownBy(late::join)
			.withCauseInstanceOf(BatchOverdueException.class);
		this.database.release();
		assertThat(first.join()).as("its statement was under way").isInstanceOf(StartResult.Started.class);
		assertThat(runs()).isOne();
	}

	@Test
	void insertedRunIsWhatIsStored() {
		this.database.release();
		RunSnapshot inserted = ((StartResult.Started) begin("whole").join()).run();
		RunSnapshot stored = this.snapshots.findById(inserted.id()).orElseThrow();
		assertThat(inserted).usingRecursiveComparison().ignoringFields("readAt").isEqualTo(stored);
	}

	private void beginAlone() {
		this.first = begin("first");
		Awaitility.await().until(() -> this.database.statements.get() == 1);
	}

	private void releaseOnceThereWait(int waiting) {
		Awaitility.await().until(() -> this.inserts.waiting() == waiting);
		this.database.release();
	}

	private CompletableFuture<StartResult> begin(String token) {
		return begin(this.inserts, token);
	}

	private CompletableFuture<StartResult> begin(RunInserts inserts, String token) {
		RunInserts.Request request = new RunInserts.Request(UUID.randomUUID(), token, NewRuns.any(),
				Duration.ofHours(1), NewRuns.ANYBODY, null);
		return CompletableFuture.supplyAsync(() -> inserts.insert(request), this.threads);
	}

	private int runs() {
		return this.jdbc.sql("select count(*) from run").query(Integer.class).single();
	}

	/** Blocks every statement until released. */
	private static final class HeldDataSource extends InterceptedDataSource {

		private final Semaphore released = new Semaphore(0);

		private final AtomicInteger statements = new AtomicInteger();

		HeldDataSource(DataSource target) {
			super(target);
		}

		void release() {
			this.released.release(1_000);
		}

		@Override
		protected @Nullable Object executed(Call execution) throws Throwable {
			this.statements.incrementAndGet();
			this.released.acquire();
			return execution.make();
		}

	}

}
