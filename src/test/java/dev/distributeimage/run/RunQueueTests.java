package dev.distributeimage.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.VirtualTime;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

@DatabaseTest
@NullUnmarked
class RunQueueTests {

	private static final Duration CLAIM_FOR = Duration.ofMinutes(1);

	private final RunQueue queue;

	private final RunIntake intake;

	private final Runs runs;

	private final JdbcClient jdbc;

	private final VirtualTime time;

	RunQueueTests(@Autowired RunQueue queue, @Autowired RunIntake intake, @Autowired Runs runs,
			@Autowired JdbcClient jdbc) {
		jdbc.sql("truncate run cascade").update();
		this.queue = queue;
		this.intake = intake;
		this.runs = runs;
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
		Claim claim = this.queue.claim(1, CLAIM_FOR, Set.of()).get(0);
		assertThat(claim.run().version()).isOne();
		assertThat(claim.run().claimedAt()).isEqualTo(VirtualTime.START);
		assertThat(claim(10)).isEmpty();
		this.time.pass(CLAIM_FOR.minusMillis(1));
		assertThat(claim(10)).isEmpty();
		this.time.pass(Duration.ofMillis(1));
		assertThat(claim(10)).containsExactly(id);
	}

	@Test
	void claimBringsTheInputsOfARunThatHasToCreateSomething() {
		start();
		Claim claim = this.queue.claim(1, CLAIM_FOR, Set.of()).get(0);
		assertThat(claim.requireInput().distributions()).isEqualTo(NewRuns.any().distributions());
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
	void claimLeavesRegionsOut() {
		this.intake.take(NewRuns.of("us-east-1", "web"));
		UUID other = start();
		assertThat(claim(10, Set.of("us-east-1", "us-west-2"))).containsExactly(other);
	}

	@Test
	void claimTakesOnlySoManyOfARegion() {
		for (int i = 0; i < 5; i++) {
			this.intake.take(NewRuns.of("us-east-1", "web"));
		}
		this.time.pass(Duration.ofSeconds(1));
		UUID other = start();
		assertThat(this.queue.claim(4, 3, CLAIM_FOR, Set.of())).hasSize(4)
			.extracting((claim) -> claim.run().id())
			.contains(other);
		assertThat(this.queue.claim(4, 3, CLAIM_FOR, Set.of())).hasSize(2);
	}

	@Test
	void claimInARegionTakesNoOther() {
		start();
		this.intake.take(NewRuns.of("us-east-1", "web"));
		this.intake.take(NewRuns.of("us-east-1", "web"));
		assertThat(this.queue.claimIn("us-east-1", 1, CLAIM_FOR)).extracting((claim) -> claim.run().region())
			.containsExactly("us-east-1");
	}

	@Test
	void claimOfCreatesTakesNoPolls() {
		fill(3);
		this.time.pass(Duration.ofMinutes(1));
		UUID create = start();
		assertThat(this.queue.claimCreates(10, 10, CLAIM_FOR, Set.of())).extracting((claim) -> claim.run().id())
			.containsExactly(create);
	}

	@Test
	void claimPassesOverRowsThatSomebodyHolds(@Autowired TransactionTemplate transaction) {
		UUID held = start();
		UUID free = start();
		transaction.executeWithoutResult((status) -> {
			this.jdbc.sql("select 1 from run where id = :id for update").param("id", held).query().singleValue();
			assertThat(inAnotherThread(() -> claim(10))).containsExactly(free);
		});
	}

	@Test
	void claimOfACreateThatNeverReportedRemembersSinceWhen() {
		start();
		claim(1);
		this.time.pass(CLAIM_FOR);
		assertThat(this.queue.claim(1, CLAIM_FOR, Set.of()).get(0).run().unansweredSince())
			.isEqualTo(VirtualTime.START);
		this.time.pass(CLAIM_FOR);
		assertThat(this.queue.claim(1, CLAIM_FOR, Set.of()).get(0).run().unansweredSince())
			.isEqualTo(VirtualTime.START);
	}

	@Test
	void firstClaimLeavesNothingUnanswered() {
		start();
		assertThat(this.queue.claim(1, CLAIM_FOR, Set.of()).get(0).run().unansweredSince()).isNull();
	}

	@Test
	void claimedRunShowsNoTimeOfItsNextAttempt() {
		UUID id = start();
		assertThat(this.runs.findStored(id).orElseThrow().run().nextAttemptAt()).isEqualTo(VirtualTime.START);
		claim(1);
		assertThat(this.runs.findStored(id).orElseThrow().run().nextAttemptAt()).isNull();
	}

	@Test
	void claimReadsNothingOfTheRegionsThatAreLeftOut() {
		fill(20_000, "us-east-1");
		fill(500, "eu-west-1");
		this.time.pass(Duration.ofDays(1));
		String plan = plan(RunQueue.CLAIM_ANY, "us-east-1");
		assertThat(plan).contains("Index Scan using run_due on run").doesNotContain("Seq Scan on run");
		assertThat(plan).doesNotContainPattern("Rows Removed by Filter: \\d{2,}");
	}

	@Test
	void claimOfCreatesReadsAnIndexOfItsOwn() {
		fill(20_000, "eu-west-1");
		this.time.pass(Duration.ofDays(1));
		assertThat(plan(RunQueue.CLAIM_CREATES, "us-east-1")).contains("run_due_create")
			.doesNotContain("Seq Scan on run");
	}

	private String plan(String claim, String regionLeftOut) {
		return String.join("\n",
				this.jdbc.sql("explain (analyze, timing off, summary off) " + claim + "select from claimed")
					.param("limit", 100)
					.param("regionLimit", 50)
					.param("duration", CLAIM_FOR.toString())
					.param("regionsLeftOut", new String[] { regionLeftOut })
					.query(String.class)
					.list());
	}

	@Test
	void oldestIsPostponedWithoutBeingLookedAt() {
		UUID oldest = start();
		dueAt(oldest, VirtualTime.START.minusSeconds(1));
		UUID other = start();
		this.queue.postponeOldest(CLAIM_FOR);
		assertThat(claim(10)).containsExactly(other);
		this.time.pass(CLAIM_FOR);
		assertThat(claim(10)).contains(oldest);
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
		return ((Intake.Accepted) this.intake.take(NewRuns.any())).run().run().id();
	}

	private List<UUID> claim(int limit) {
		return claim(limit, Set.of());
	}

	private List<UUID> claim(int limit, Collection<String> regionsLeftOut) {
		return this.queue.claim(limit, CLAIM_FOR, regionsLeftOut)
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

	// Polls in flight, one due every second.
	private void fill(int count) {
		fill(count, "eu-west-1");
	}

	private void fill(int count, String region) {
		this.jdbc.sql("""
				insert into run (id, step, region, account, next_attempt_at, deadline, last_event,
				  create_distribution_configuration_token, create_image_token, distribution_configuration_arn,
				  image_build_version_arn, created_at, updated_at)
				select gen_random_uuid(), 'getImage', :region, '123456789012',
				  engine_now() + i * interval '1 second', engine_now() + interval '12 hours', 6, 't', 't', 'arn', 'arn',
				  engine_now(), engine_now()
				from generate_series(1, :count) i""").param("count", count).param("region", region).update();
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
