package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.Intercepted.Call;
import dev.distributeimage.InterceptedDataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import dev.distributeimage.run.AnyTurn;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.view.Runs;
import dev.distributeimage.run.view.StoredRun;

@DatabaseTest
class RunInsertsTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<CompletableFuture<Optional<StoredRun>>> begun = new ArrayList<>();

	private final AtomicLong nanos = new AtomicLong();

	private final HeldDataSource database;

	private final RunInserts inserts;

	private final JdbcClient jdbc;

	RunInsertsTests(@Autowired DataSource dataSource, @Autowired JsonMapper json, @Autowired JdbcClient jdbc) {
		jdbc.sql("truncate run, run_input, run_event, run_term").update();
		this.jdbc = jdbc;
		this.database = new HeldDataSource(dataSource);
		this.inserts = inserts(json, RunInserts.PATIENCE);
	}

	private RunInserts inserts(JsonMapper json, Duration patience) {
		return new RunInserts(JdbcClient.create(this.database), json, new AnyTurn(), this.threads, this.nanos::get,
				patience);
	}

	@AfterEach
	void close() {
		this.database.release();
		this.threads.shutdown();
	}

	@Test
	void whatComesMeanwhileGoesIntoOneStatement() {
		fillTheStatements();
		List<CompletableFuture<Optional<StoredRun>>> together = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			together.add(begin("together-" + i));
		}
		releaseOnceThereWait(20);
		assertThat(together).allSatisfy((run) -> assertThat(run.join()).isPresent());
		assertThat(this.begun).allSatisfy((run) -> assertThat(run.join()).isPresent());
		assertThat(runs()).isEqualTo(RunInserts.STATEMENTS_AT_ONCE + 20);
		assertThat(this.database.statements).hasValueLessThanOrEqualTo(2 * RunInserts.STATEMENTS_AT_ONCE);
	}

	@Test
	void fewWaitForTheStatementUnderWay(@Autowired JsonMapper json) {
		RunInserts patient = inserts(json, Duration.ofMinutes(1));
		this.begun.add(begin(patient, "first"));
		Awaitility.await().until(() -> this.database.statements.get() == 1);
		for (int i = 1; i < RunInserts.WORTH_ANOTHER; i++) {
			this.begun.add(begin(patient, "few-" + i));
		}
		Awaitility.await()
			.during(Duration.ofMillis(100))
			.until(() -> patient.waiting() == RunInserts.WORTH_ANOTHER - 1 && this.database.statements.get() == 1);
		this.begun.add(begin(patient, "enough"));
		Awaitility.await().until(() -> this.database.statements.get() == 2);
		this.database.release();
		assertThat(this.begun).allSatisfy((run) -> assertThat(run.join()).isPresent());
	}

	@Test
	void statementThatIsHeldUpHoldsUpNobodyElse() {
		fillTheStatements();
		this.begun.add(begin("behind both"));
		Awaitility.await()
			.during(RunInserts.PATIENCE.multipliedBy(3))
			.until(() -> this.inserts.waiting() == 1 && this.database.statements.get() == 2);
		this.database.releaseOne();
		Awaitility.await().until(() -> this.database.statements.get() == 3);
		this.database.release();
		assertThat(this.begun).allSatisfy((run) -> assertThat(run.join()).isPresent());
	}

	@Test
	void sameTokenTwiceInAStatementIsStoredOnce() {
		fillTheStatements();
		List<CompletableFuture<Optional<StoredRun>>> same = List.of(begin("same"), begin("same"), begin("same"));
		releaseOnceThereWait(3);
		assertThat(same.stream().filter((run) -> run.join().isPresent())).hasSize(1);
		assertThat(runs()).isEqualTo(RunInserts.STATEMENTS_AT_ONCE + 1);
	}

	@Test
	void requestThatTheDatabaseRefusesFailsAlone() {
		fillTheStatements();
		CompletableFuture<Optional<StoredRun>> good = begin("good");
		CompletableFuture<Optional<StoredRun>> bad = begin("not printable: \n");
		releaseOnceThereWait(2);
		assertThat(good.join()).isPresent();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(bad::join)
			.withCauseInstanceOf(DataIntegrityViolationException.class);
	}

	@Test
	void whoHasWaitedTooLongIsNotStored() {
		fillTheStatements();
		CompletableFuture<Optional<StoredRun>> late = begin("late");
		Awaitility.await().until(() -> this.inserts.waiting() == 1);
		this.nanos.addAndGet(Duration.ofSeconds(2).toNanos());
		CompletableFuture<Optional<StoredRun>> early = begin("early");
		releaseOnceThereWait(2);
		assertThat(early.join()).isPresent();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(late::join)
			.withCauseInstanceOf(DataAccessResourceFailureException.class);
	}

	@Test
	void runsThatTakeLongGoInSmallGroups() {
		fillTheStatements();
		for (int i = 0; i < 20; i++) {
			this.begun.add(begin("slow-" + i));
		}
		Awaitility.await().until(() -> this.inserts.waiting() == 20);
		this.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
		this.database.release();
		assertThat(this.begun).allSatisfy((run) -> assertThat(run.join()).isPresent());
		assertThat(this.database.statements).hasValueGreaterThan(5 * RunInserts.STATEMENTS_AT_ONCE);
	}

	@Test
	void whoWaitsForAStatementWithoutATurnIsRefused(@Autowired DataSource dataSource, @Autowired JsonMapper json) {
		RunInserts busy = new RunInserts(JdbcClient.create(dataSource), json, new NoTurn(), this.threads,
				this.nanos::get, RunInserts.PATIENCE);
		RunInserts.Asked asked = new RunInserts.Asked(UUID.randomUUID(), "busy", NewRuns.any(), Duration.ofHours(1));
		assertThatExceptionOfType(TurnRefusedException.class).isThrownBy(() -> busy.insert(asked));
		assertThat(runs()).isZero();
	}

	@Test
	void deletedRunLeavesNothing() {
		this.database.release();
		begin("gone").join();
		this.jdbc.sql("delete from run").update();
		assertThat(this.jdbc.sql("""
				select (select count(*) from run_input) + (select count(*) from run_event)
				  + (select count(*) from run_facet)""").query(Integer.class).single()).isZero();
	}

	@Test
	void insertedRunIsWhatIsStored(@Autowired Runs runs) {
		this.database.release();
		StoredRun inserted = begin("whole").join().orElseThrow();
		StoredRun stored = runs.findStored(inserted.run().id()).orElseThrow();
		assertThat(inserted).usingRecursiveComparison().ignoringFields("readAt").isEqualTo(stored);
	}

	private void fillTheStatements() {
		for (int i = 0; i < RunInserts.STATEMENTS_AT_ONCE; i++) {
			this.begun.add(begin("first-" + i));
			int statements = i + 1;
			Awaitility.await().until(() -> this.database.statements.get() == statements);
		}
	}

	private void releaseOnceThereWait(int waiting) {
		Awaitility.await().until(() -> this.inserts.waiting() == waiting);
		this.database.release();
	}

	private CompletableFuture<Optional<StoredRun>> begin(String token) {
		return begin(this.inserts, token);
	}

	private CompletableFuture<Optional<StoredRun>> begin(RunInserts inserts, String token) {
		RunInserts.Asked asked = new RunInserts.Asked(UUID.randomUUID(), token, NewRuns.any(), Duration.ofHours(1));
		return CompletableFuture.supplyAsync(() -> inserts.insert(asked), this.threads);
	}

	private int runs() {
		return this.jdbc.sql("select count(*) from run").query(Integer.class).single();
	}

	/** All turns are taken. */
	private static final class NoTurn extends AnyTurn {

		@Override
		public void takeTogether(int atOnce, IntSupplier work) {
			throw new TurnRefusedException();
		}

	}

	/** Holds every statement until it is told not to. */
	private static final class HeldDataSource extends InterceptedDataSource {

		private final Semaphore released = new Semaphore(0);

		private final AtomicInteger statements = new AtomicInteger();

		HeldDataSource(DataSource target) {
			super(target);
		}

		void releaseOne() {
			this.released.release();
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
