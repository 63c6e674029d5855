package dev.distributeimage.run.queue;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.view.RunSnapshots;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@DatabaseTest
@NullUnmarked
class RunQueueTests {

	private static final Duration CLAIM_FOR = Duration.ofMinutes(1);

	private final RunQueue queue;

	private final RunStarts starts;

	private final RunSnapshots snapshots;

	private final JdbcClient jdbc;

	private final VirtualTime time;

	RunQueueTests(@Autowired RunQueue queue, @Autowired RunStarts starts, @Autowired RunSnapshots snapshots,
			@Autowired JdbcClient jdbc) {
		TestPostgres.empty(jdbc);
		this.queue = queue;
		this.starts = starts;
		this.snapshots = snapshots;
		this.jdbc = jdbc;
		this.time = new VirtualTime(jdbc);
	}

	@Test
	void newRunIsDueAtOnce() {
		UUID id = start();
		assertThat(claim(10)).containsExactly(id);
	}

	@Test
	void claimTakesOnlyWhatIsDue() {
		UUID due = start();
		UUID later = start();
		dueAt(later, VirtualTime.START.plusMillis(1));
		assertThat(claim(10)).containsExactly(due);
	}

	@Test
	void claimTakesTheOldestUpToItsLimit() {
		UUID second = start();
		UUID third = start();
		UUID first = start();
		dueAt(first, VirtualTime.START.minusSeconds(2));
		dueAt(second, VirtualTime.START.minusSeconds(1));
		assertThat(claim(2)).containsExactlyInAnyOrder(first, second);
		assertThat(claim(2)).containsExactly(third);
	}

	@Test
	void claimPostponesTheRunAndRaisesItsVersion() {
		UUID id = start();
		Claim claim = this.queue.claim(1, 1, CLAIM_FOR, marks()).get(0);
		assertThat(claim.lease().version()).isOne();
		assertThat(claim.lease().claimedAt()).isEqualTo(VirtualTime.START);
		assertThat(claim(10)).isEmpty();
		this.time.pass(CLAIM_FOR.minusMillis(1));
		assertThat(claim(10)).isEmpty();
		this.time.pass(Duration.ofMillis(1));
		assertThat(claim(10)).containsExactly(id);
	}

	@Test
	void claimBringsTheInputsOfARunThatHasToCreateSomething() {
		start();
		Claim claim = this.queue.claim(1, 1, CLAIM_FOR, marks()).get(0);
		assertThat(claim.requireInput().distributions()).isEqualTo(NewRuns.any().input().distributions());
	}

	@Test
	void dueAgeIsThatOfTheOldestDueRunClaimedOrNot() {
		assertThat(dueAge()).isZero();
		dueAt(start(), VirtualTime.START.plusSeconds(1));
		assertThat(dueAge()).isZero();
		dueAt(start(), VirtualTime.START.minusSeconds(30));
		UUID oldest = start();
		dueAt(oldest, VirtualTime.START.minusSeconds(90));
		assertThat(dueAge()).isEqualTo(Duration.ofSeconds(90));
		claim(1);
		assertThat(dueAge()).isEqualTo(Duration.ofSeconds(90));
		dueAt(oldest, VirtualTime.START.plusSeconds(30));
		assertThat(dueAge()).isEqualTo(Duration.ofSeconds(30));
	}

	@Test
	void runIsInFlightUntilItHasEnded() {
		LowWaterMarks marks = new LowWaterMarks(System::nanoTime);
		UUID id = start();
		dueAt(id, VirtualTime.START.plusSeconds(3_600));
		marks.refresh(this.queue);
		assertThat(marks.anyInFlight()).isTrue();
		this.jdbc.sql("update run set status = 'FAILED', next_attempt_at = null, finished_at = now()").update();
		marks.refresh(this.queue);
		assertThat(marks.anyInFlight()).isFalse();
	}

	private Duration dueAge() {
		LowWaterMarks marks = new LowWaterMarks(System::nanoTime);
		marks.refresh(this.queue);
		return marks.dueAge();
	}

	@Test
	void claimTakesNoRunThatHasEnded() {
		UUID id = start();
		this.jdbc.sql("update run set status = 'FAILED', next_attempt_at = null, finished_at = now() where id = :id")
			.param("id", id)
			.update();
		this.time.pass(Duration.ofDays(1));
		assertThat(claim(10)).isEmpty();
	}

	@Test
	void claimTakesNoRunThatWasDueBeforeItsMark() {
		UUID before = start();
		UUID after = start();
		dueAt(before, VirtualTime.START.minusSeconds(2));
		dueAt(after, VirtualTime.START.minusSeconds(1));
		LowWaterMark mark = new LowWaterMark("eu-west-1", VirtualTime.START.minusSeconds(1), true,
				Duration.ofSeconds(1), true, false);
		assertThat(this.queue.claim(10, 10, CLAIM_FOR, List.of(mark))).extracting((claim) -> claim.run().id())
			.containsExactly(after);
	}

	@Test
	void markIsTheOldestRunInFlightClaimedOrNot() {
		UUID oldest = start();
		dueAt(oldest, VirtualTime.START.minusSeconds(60));
		claim(1);
		start();
		assertThat(mark("eu-west-1")).isEqualTo(new LowWaterMark("eu-west-1", VirtualTime.START.minusSeconds(60), true,
				Duration.ofSeconds(60), true, false));
		dueAt(oldest, VirtualTime.START.plusSeconds(60));
		assertThat(mark("eu-west-1").since()).as("what is stored from now on is due from now on")
			.isEqualTo(VirtualTime.START);
	}

	@Test
	void markOfARegionWithoutRunsIsNotDue() {
		UUID id = start();
		dueAt(id, VirtualTime.START.plusSeconds(1));
		assertThat(mark("eu-west-1").due()).isFalse();
		assertThat(this.queue.lowWaterMarks()).as("every Region that was ever asked for")
			.extracting(LowWaterMark::region)
			.contains("eu-west-1")
			.doesNotHaveDuplicates();
	}

	@Test
	void scanFromTheLastMarkAllowsForLateWrites() {
		LowWaterMark known = new LowWaterMark("eu-west-1", VirtualTime.START.minusSeconds(60), true,
				Duration.ofSeconds(60), true, false);
		UUID late = start();
		dueAt(late, VirtualTime.START.minusSeconds(80));
		assertThat(areDue(this.queue.lowWaterMarks(List.of(known)))).isTrue();
		dueAt(late, VirtualTime.START.minusSeconds(81));
		assertThat(areDue(this.queue.lowWaterMarks(List.of(known)))).isFalse();
		assertThat(areDue(this.queue.lowWaterMarks())).as("from the beginning").isTrue();
	}

	@Test
	void markGoesBackWithTheDatabasesClock() {
		LowWaterMark known = new LowWaterMark("eu-west-1", VirtualTime.START.plusSeconds(7_200), true, Duration.ZERO,
				true, false);
		dueAt(start(), VirtualTime.START);
		assertThat(areDue(this.queue.lowWaterMarks(List.of(known)))).isTrue();
	}

	private static boolean areDue(List<LowWaterMark> marks) {
		return marks.stream().anyMatch(LowWaterMark::due);
	}

	private LowWaterMark mark(String region) {
		return this.queue.lowWaterMarks()
			.stream()
			.filter((mark) -> mark.region().equals(region))
			.findFirst()
			.orElseThrow();
	}

	@Test
	void claimIsLimitedPerRegion() {
		for (int i = 0; i < 5; i++) {
			this.starts.start(NewRuns.of("us-east-1", "web"), NewRuns.ANYBODY, null);
		}
		this.time.pass(Duration.ofSeconds(1));
		UUID other = start();
		assertThat(this.queue.claim(4, 3, CLAIM_FOR, marks())).hasSize(4)
			.extracting((claim) -> claim.run().id())
			.contains(other);
		assertThat(this.queue.claim(4, 3, CLAIM_FOR, marks())).hasSize(2);
	}

	@Test
	void claimTakesNoRunOfAnotherRegion() {
		start();
		this.starts.start(NewRuns.of("us-east-1", "web"), NewRuns.ANYBODY, null);
		this.starts.start(NewRuns.of("us-east-1", "web"), NewRuns.ANYBODY, null);
		assertThat(this.queue.claim(1, 1, CLAIM_FOR,
				List.of(new LowWaterMark("us-east-1", Instant.EPOCH, true, Duration.ZERO, true, false))))
			.extracting((claim) -> claim.run().place().region())
			.containsExactly("us-east-1");
	}

	@Test
	void claimBeforePollsTakesCreatesCancelsAndRetries() {
		fill(3);
		this.time.pass(Duration.ofMinutes(1));
		UUID create = start();
		UUID cancel = beingPolled("cancel_requested_at = engine_now(), cancel_token = 'c'");
		UUID retry = beingPolled("retry_call = 'retryImage', retry_image_token = 'r'");
		beingPolled("cancel_requested_at = engine_now(), cancel_token = 'c', cancel_answered = true");
		assertThat(this.queue.claimBeforePolls(10, 10, CLAIM_FOR, marks())).extracting((claim) -> claim.run().id())
			.containsExactlyInAnyOrder(create, cancel, retry);
	}

	private UUID beingPolled(String with) {
		UUID id = start();
		this.jdbc
			.sql("""
					update run set step = 'getImage', distribution_configuration_arn = 'd', image_build_version_arn = 'i', %s
					where id = :id"""
				.formatted(with))
			.param("id", id)
			.update();
		return id;
	}

	@Test
	void claimSkipsLockedRows(@Autowired TransactionTemplate transaction) {
		UUID held = start();
		UUID free = start();
		transaction.executeWithoutResult((status) -> {
			this.jdbc.sql("select 1 from run where id = :id for update").param("id", held).query().singleValue();
			assertThat(inAnotherThread(() -> claim(10))).containsExactly(free);
		});
	}

	@Test
	void claimOfACreateThatNeverReportedIsUnansweredSinceThen() {
		start();
		claim(1);
		this.time.pass(CLAIM_FOR);
		assertThat(this.queue.claim(1, 1, CLAIM_FOR, marks()).get(0).run().calls().unansweredSince())
			.isEqualTo(VirtualTime.START);
		this.time.pass(CLAIM_FOR);
		assertThat(this.queue.claim(1, 1, CLAIM_FOR, marks()).get(0).run().calls().unansweredSince())
			.isEqualTo(VirtualTime.START);
	}

	@Test
	void firstClaimLeavesNothingUnanswered() {
		start();
		assertThat(this.queue.claim(1, 1, CLAIM_FOR, marks()).get(0).run().calls().unansweredSince()).isNull();
	}

	@Test
	void claimedRunShowsNoTimeOfItsNextAttempt() {
		UUID id = start();
		assertThat(this.snapshots.findById(id).orElseThrow().nextAttemptAt()).isEqualTo(VirtualTime.START);
		claim(1);
		assertThat(this.snapshots.findById(id).orElseThrow().nextAttemptAt()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "failure = '{ \"step\": \"dance\" }'", "retries = '[ { \"status\": \"ASLEEP\" } ]'" })
	void claimPostponesARunThatCannotBeReadAndBringsTheOthers(String unreadable) {
		List<UUID> others = List.of(start(), start());
		UUID bad = start();
		dueAt(bad, VirtualTime.START.minusSeconds(1));
		this.jdbc.sql("update run set " + unreadable + " where id = :id").param("id", bad).update();
		assertThat(claim(10)).containsExactlyInAnyOrderElementsOf(others);
		this.jdbc.sql("update run set failure = null, retries = '[]' where id = :id").param("id", bad).update();
		assertThat(claim(10)).as("claimed with the others").isEmpty();
		this.time.pass(CLAIM_FOR);
		assertThat(claim(10)).contains(bad);
	}

	@Test
	void claimWhoseCallerHasGivenUpIsNotMade(@Autowired DataSource database, @Autowired TransactionTemplate transaction)
			throws SQLException, IOException {
		String shipped = new YamlPropertySourceLoader().load("shipped", new ClassPathResource("application.yml"))
			.stream()
			.map((source) -> (String) source.getProperty("spring.datasource.hikari.connection-init-sql"))
			.findFirst()
			.orElseThrow();
		UUID id = start();
		try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("lock table run");
			assertThatExceptionOfType(TransientDataAccessException.class)
				.isThrownBy(() -> transaction.execute((status) -> {
					this.jdbc.sql(shipped).update();
					return claim(1);
				}));
			connection.rollback();
		}
		assertThat(claim(1)).containsExactly(id);
	}

	@Test
	void claimIsReloadedAsLongAsItHolds() {
		start();
		Claim claim = this.queue.claim(1, 1, CLAIM_FOR, marks()).get(0);
		this.jdbc.sql("update run set attempts = 3").update();
		assertThat(this.queue.reload(claim)).hasValueSatisfying((reloaded) -> {
			assertThat(reloaded.run().calls().attempts()).isEqualTo(3);
			assertThat(reloaded.input()).isSameAs(claim.input());
		});
		this.time.pass(CLAIM_FOR);
		claim(1);
		assertThat(this.queue.reload(claim)).isEmpty();
	}

	@Test
	void claimThatWasReportedIsNotReloaded() {
		start();
		Claim claim = this.queue.claim(1, 1, CLAIM_FOR, marks()).get(0);
		this.jdbc.sql("update run set claimed_at = null").update();
		assertThat(this.queue.reload(claim)).isEmpty();
	}

	@Test
	void claimReadsOnlyItsRegions() {
		fill(20_000, "us-east-1");
		fill(500, "eu-west-1");
		this.time.pass(Duration.ofDays(1));
		String plan = plan(RunQueue.CLAIM_ANY);
		assertThat(plan).contains("Index Scan using run_due on run").doesNotContain("Seq Scan on run");
		assertThat(plan).doesNotContainPattern("Rows Removed by Filter: \\d{2,}");
	}

	@Test
	void claimBeforePollsReadsAnIndexOfItsOwn() {
		fill(20_000, "eu-west-1");
		this.time.pass(Duration.ofDays(1));
		assertThat(plan(RunQueue.CLAIM_BEFORE_POLLS)).contains("run_due_before_polls")
			.doesNotContain("Seq Scan on run");
	}

	private String plan(String claim) {
		return String.join("\n",
				this.jdbc.sql("explain (analyze, timing off, summary off) " + claim + "select from claimed")
					.param("limit", 100)
					.param("regionLimit", 50)
					.param("duration", CLAIM_FOR.toString())
					.param("regions", new String[] { "eu-west-1" })
					.param("since", new String[] { VirtualTime.START.toString() })
					.query(String.class)
					.list());
	}

	@Test
	void eightWorkersClaimTwoThousandRunsOnceEach() throws Exception {
		fill(2_000);
		this.jdbc.sql("update run set next_attempt_at = :now")
			.param("now", java.sql.Timestamp.from(VirtualTime.START))
			.update();
		List<Callable<List<UUID>>> workers = IntStream.range(0, 8)
			.<Callable<List<UUID>>>mapToObj((i) -> this::claimAll)
			.toList();
		ExecutorService threads = Executors.newFixedThreadPool(8);
		List<UUID> claimed = new ArrayList<>();
		for (Future<List<UUID>> worker : threads.invokeAll(workers)) {
			claimed.addAll(worker.get());
		}
		threads.shutdown();
		assertThat(claimed).hasSize(2_000);
		assertThat(new HashSet<>(claimed)).hasSize(2_000);
	}

	private List<UUID> claimAll() {
		List<UUID> all = new ArrayList<>();
		int emptyInARow = 0;
		while (emptyInARow < 3) {
			List<UUID> some = claim(23);
			all.addAll(some);
			emptyInARow = some.isEmpty() ? emptyInARow + 1 : 0;
		}
		return all;
	}

	private UUID start() {
		return ((StartResult.Started) this.starts.start(NewRuns.any(), NewRuns.ANYBODY, null)).run().id();
	}

	private List<LowWaterMark> marks() {
		return this.queue.lowWaterMarks();
	}

	private List<UUID> claim(int limit) {
		return this.queue.claim(limit, limit, CLAIM_FOR, marks())
			.stream()
			.map((claim) -> claim.run().id())
			.collect(Collectors.toList());
	}

	private void dueAt(UUID id, Instant time) {
		this.jdbc.sql("update run set next_attempt_at = :time where id = :id")
			.param("time", java.sql.Timestamp.from(time))
			.param("id", id)
			.update();
	}

	// Runs being polled, with one due every second.
	private void fill(int count) {
		fill(count, "eu-west-1");
	}

	private void fill(int count, String region) {
		this.jdbc
			.sql("""
					insert into run (id, number, step, region, account, next_attempt_at, deadline, last_event,
					  create_distribution_configuration_token, create_image_token, distribution_configuration_arn,
					  image_build_version_arn, created_at, updated_at)
					select gen_random_uuid(), nextval(pg_get_serial_sequence('run_input', 'number')), 'getImage', :region,
					  '123456789012', engine_now() + i * interval '1 second', engine_now() + interval '12 hours', 6, 't', 't',
					  'arn', 'arn', engine_now(), engine_now()
					from generate_series(1, :count) i""")
			.param("count", count)
			.param("region", region)
			.update();
		this.jdbc.sql("analyze run").update();
	}

	private static <T> T inAnotherThread(Callable<T> task) {
		ExecutorService thread = Executors.newSingleThreadExecutor();
		try {
			return thread.submit(task).get();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			thread.shutdown();
		}
	}

}
