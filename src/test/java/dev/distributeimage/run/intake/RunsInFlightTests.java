package dev.distributeimage.run.intake;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Requester;
import dev.distributeimage.caller.Scope;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.queue.RunQueue;
import dev.distributeimage.run.queue.RunWriter;
import dev.distributeimage.run.queue.TestCleanup;
import dev.distributeimage.run.view.RunSnapshots;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that no owner has more runs in flight than it may have, and that each is counted
 * as long as it is in flight.
 */
@DatabaseTest
class RunsInFlightTests {

	private static final int MOST = 20;

	private static final List<RunStatus> ENDS = List.of(RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.TIMED_OUT);

	private static final Failure FAILURE = new Failure(StepId.CREATE_DISTRIBUTION_CONFIGURATION,
			"CreateDistributionConfiguration", "AccessDeniedException", "No", "4711");

	private final JdbcClient jdbc;

	private final List<RunInserts> replicas;

	private final RunQueue queue;

	private final RunWriter writer;

	private final RunRetry retry;

	private final RunCancellation cancellation;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	RunsInFlightTests(@Autowired JdbcClient jdbc, @Autowired JsonMapper json, @Autowired RunSnapshots snapshots,
			@Autowired RunQueue queue, @Autowired RunRetry retry, @Autowired RunCancellation cancellation) {
		TestPostgres.empty(jdbc);
		this.queue = queue;
		this.writer = new RunWriter(jdbc, json, new SimpleMeterRegistry(), Runnable::run, TestCleanup.NEVER);
		this.jdbc = jdbc;
		this.retry = retry;
		this.cancellation = cancellation;
		this.replicas = IntStream.range(0, 2)
			.mapToObj((i) -> new RunInserts(jdbc, json, snapshots, this.threads, Duration.ofMinutes(1)))
			.toList();
	}

	@AfterEach
	void everyRunInFlightIsCounted() {
		this.threads.shutdown();
		assertThat(counted()).isEqualTo(inFlight());
	}

	@Test
	void fiftyThreadsOnTwoReplicasStartExactlyAsManyAsTheLimit() {
		List<CompletableFuture<Integer>> callers = IntStream.range(0, 50)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> started(i, 10, "web", MOST), this.threads))
			.toList();
		assertThat(callers.stream().mapToInt(CompletableFuture::join).sum()).isEqualTo(MOST);
		assertThat(inFlight()).containsExactly("web " + MOST);
	}

	@Test
	void ownersDoNotUseEachOthersLimits() {
		List<CompletableFuture<Integer>> callers = Stream.of("web", "app", "data")
			.flatMap((owner) -> IntStream.range(0, 10)
				.mapToObj((i) -> CompletableFuture.supplyAsync(() -> started(i, 10, owner, MOST), this.threads)))
			.toList();
		callers.forEach(CompletableFuture::join);
		assertThat(inFlight()).containsExactly("app " + MOST, "data " + MOST, "web " + MOST);
	}

	@Test
	void runThatHasEndedMakesRoomForExactlyOne() {
		started(0, MOST, "web", MOST);
		UUID first = any();
		end(first, RunStatus.FAILED);
		end(first, RunStatus.FAILED);
		assertThat(started(0, 10, "web", MOST)).isOne();
	}

	@Test
	void repeatedStartIsNotCounted() {
		assertThat(start(0, "again", "web", 1)).isInstanceOf(StartResult.Started.class);
		assertThat(start(1, "again", "web", 1)).isInstanceOf(StartResult.Known.class);
		assertThat(start(1, "again", "web", 0)).isInstanceOf(StartResult.Known.class);
		assertThat(start(1, "again", "app", 0)).isInstanceOf(StartResult.TokenReused.class);
		assertThat(start(1, "another", "web", 1)).isInstanceOf(StartResult.LimitReached.class);
	}

	@Test
	void lastRunWithinTheLimitMayBeAskedForByManyAtOnce() {
		for (int round = 0; round < 20; round++) {
			String token = "round-" + round;
			int most = round + 1;
			List<CompletableFuture<StartResult>> callers = IntStream.range(0, 10)
				.mapToObj((i) -> CompletableFuture.supplyAsync(() -> start(i, token, "web", most), this.threads))
				.toList();
			assertThat(callers.stream().map(CompletableFuture::join))
				.as("one is started, and all others are told of it")
				.noneMatch(StartResult.LimitReached.class::isInstance)
				.satisfiesOnlyOnce((result) -> assertThat(result).isInstanceOf(StartResult.Started.class));
		}
	}

	@Test
	void retryIsHeldToTheLimit() {
		started(0, 2, "web", 2);
		UUID failed = any();
		end(failed, RunStatus.FAILED);
		assertThat(started(0, 1, "web", 2)).isOne();
		assertThat(this.retry.request(failed, by("ops"), 2)).containsInstanceOf(RetryResult.LimitReached.class);
		assertThat(counted()).containsExactly("web 2");
		assertThat(this.retry.request(failed, by("ops"), 3)).containsInstanceOf(RetryResult.Retried.class);
		assertThat(counted()).as("the run's owner's").containsExactly("web 3");
		assertThat(started(0, 1, "web", 3)).isZero();
	}

	@Test
	void onlyAsManyOfManyRetriesGoOnAsTheLimitAllows() {
		started(0, 10, "web", 10);
		ids().forEach((run) -> end(run, RunStatus.FAILED));
		List<CompletableFuture<Boolean>> callers = ids().stream()
			.map((run) -> CompletableFuture.supplyAsync(() -> this.retry.request(run, by("web"), 3)
				.filter(RetryResult.Retried.class::isInstance)
				.isPresent(), this.threads))
			.toList();
		assertThat(callers.stream().filter(CompletableFuture::join)).hasSize(3);
	}

	@Test
	void cancelOfARunThatMayStillBuildIsNeverRefused() {
		started(0, 1, "web", 1);
		UUID timedOut = any();
		image(timedOut);
		end(timedOut, RunStatus.TIMED_OUT);
		assertThat(started(0, 1, "web", 1)).isOne();
		assertThat(this.cancellation.request(timedOut, by("web"))).containsInstanceOf(CancelResult.Requested.class);
		assertThat(counted()).containsExactly("web 2");
		assertThat(started(0, 1, "web", 2)).isZero();
	}

	@Test
	void runsWithoutAnOwnerAreNotCounted() {
		this.replicas.get(0).insert(request("open", NewRuns.ANYBODY, null));
		assertThat(counted()).isEmpty();
	}

	@Test
	void countIsOfTheRunsInFlightWhateverHappens() {
		Random random = new Random(7);
		for (int i = 0; i < 300; i++) {
			String owner = List.of("web", "app").get(random.nextInt(2));
			List<UUID> all = ids();
			UUID run = all.isEmpty() ? UUID.randomUUID() : all.get(random.nextInt(all.size()));
			switch (random.nextInt(6)) {
				case 0, 1 -> start(i, "token-" + random.nextInt(200), owner, 5);
				case 2 -> image(run);
				case 3 -> end(run, ENDS.get(random.nextInt(ENDS.size())));
				case 4 -> this.retry.request(run, by(owner), 5);
				default -> this.cancellation.request(run, by(owner));
			}
			assertThat(counted()).isEqualTo(inFlight());
		}
	}

	private int started(int replica, int times, String owner, int most) {
		return (int) IntStream.range(0, times)
			.mapToObj((i) -> start(replica, UUID.randomUUID().toString(), owner, most))
			.filter(StartResult.Started.class::isInstance)
			.count();
	}

	private StartResult start(int replica, String token, String owner, int most) {
		return this.replicas.get(replica % 2).insert(request(token, by(owner), most));
	}

	private static RunInserts.Request request(String token, Requester by, @Nullable Integer most) {
		return new RunInserts.Request(UUID.randomUUID(), token, NewRuns.named("web"), Duration.ofHours(1), by, most);
	}

	private static Requester by(String owner) {
		Caller caller = new Caller("default", owner, owner, owner, null, EnumSet.allOf(Scope.class),
				new Caller.Token(null, null, Instant.MAX));
		return new Requester(caller, "127.0.0.1", "test");
	}

	private UUID any() {
		return ids().get(0);
	}

	private List<UUID> ids() {
		return this.jdbc.sql("select id from run order by number").query(UUID.class).list();
	}

	/** Lets the engine end a run, if it has not ended yet. */
	private void end(UUID run, RunStatus status) {
		this.jdbc.sql("""
				update run set next_attempt_at = engine_now() - interval '1 hour'
				where id = :id and next_attempt_at is not null""").param("id", run).update();
		this.queue.claim(1, 1, Duration.ofMinutes(1), this.queue.lowWaterMarks())
			.stream()
			.filter((claim) -> claim.run().id().equals(run))
			.forEach((claim) -> {
				switch (status) {
					case FAILED -> claim.run().callRefused(FAILURE, claim.now());
					case CANCELLED -> claim.run().cancelled();
					case TIMED_OUT -> claim.run().timedOut();
					case RUNNING, SUCCEEDED -> throw new IllegalArgumentException();
				}
				assertThat(this.writer.write(claim).join()).isPresent();
			});
	}

	private void image(UUID run) {
		this.jdbc.sql("""
				update run set step = 'getImage', distribution_configuration_arn = 'd', image_build_version_arn = 'i',
				  image_status = 'BUILDING' where id = :id and status = 'RUNNING'""").param("id", run).update();
	}

	private List<String> counted() {
		return this.jdbc.sql("""
				select owner || ' ' || count(*) from run_in_flight group by owner order by owner""")
			.query(String.class)
			.list();
	}

	private List<String> inFlight() {
		return this.jdbc.sql("""
				select owner || ' ' || count(*) from run join run_input on run_id = id
				where status = 'RUNNING' and owner is not null group by owner order by owner""")
			.query(String.class)
			.list();
	}

}
