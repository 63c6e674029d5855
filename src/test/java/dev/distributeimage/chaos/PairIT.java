package dev.distributeimage.chaos;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.distributeimage.ServiceProcess;
import dev.distributeimage.TestPostgres;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests two replicas, a PostgreSQL and a simulator, each in its own process, under every
 * kind of failure while the runs proceed to one image each.
 */
@Tag("chaos")
@NullUnmarked
class PairIT {

	private static Fleet pair;

	@BeforeAll
	static void start() {
		pair = new Fleet(new TestPostgres().newDatabase(), 2, "--distribute-image.retry.first-delay=200ms",
				"--distribute-image.retry.max-delay=2s");
	}

	@AfterAll
	static void close() {
		pair.close();
	}

	@BeforeEach
	void bothAreReady() {
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> pair.ready().size() == 2);
	}

	@Test
	void killedWithACallUnderWay() throws Exception {
		Random random = Chaos.random(1);
		int kills = Chaos.times(3, 150);
		StartedRuns runs = new StartedRuns(pair, "killed");
		int betweenCommitAndWrite = 0;
		try (Feeder feeder = new Feeder(runs, Chaos.times(30, 200))) {
			for (int i = 0; i < kills; i++) {
				feeder.goesOn();
				// The interval between kills.
				TimeUnit.MILLISECONDS.sleep(Chaos.times(500, 1_000) + random.nextInt(Chaos.times(500, 4_000)));
				boolean create = random.nextBoolean();
				String operation = !create ? "GetImage"
						: random.nextBoolean() ? "CreateImage" : "CreateDistributionConfiguration";
				killTheOneThatIsHeldAt(operation, create);
				betweenCommitAndWrite += create ? 1 : 0;
			}
		}
		Duration last = runs.awaitEnds(Duration.ofSeconds(60));
		runs.haveOneImageEach();
		Chaos.held(1, "one of two replicas killed with `-9` while it held a claim",
				"%d kills (%d between AWS's commit and our write), %d runs, 0 lost, 0 second builds, last end after %d s"
					.formatted(kills, betweenCommitAndWrite, runs.size(), last.toSeconds()));
	}

	@Test
	void everyBackendTerminated() throws Exception {
		Random random = Chaos.random(4);
		int times = Chaos.times(5, 100);
		StartedRuns runs = new StartedRuns(pair, "backends");
		int terminated = 0;
		try (Feeder feeder = new Feeder(runs, Chaos.times(20, 100))) {
			for (int i = 0; i < times; i++) {
				feeder.goesOn();
				TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(1_000));
				terminated += pair.jdbc()
					.sql("select count(pg_terminate_backend(pid)) from pg_stat_activity"
							+ " where datname = current_database() and application_name = 'distribute-image'")
					.query(Integer.class)
					.single();
			}
		}
		runs.awaitEnds(Duration.ofSeconds(60));
		runs.haveOneImageEach();
		assertThat(terminated).isGreaterThan(times);
		Chaos.held(4, "every connection to PostgreSQL terminated, again and again",
				"%d times (%d backends), %d runs, 0 lost, 0 second builds".formatted(times, terminated, runs.size()));
	}

	@Test
	void stoppedPastItsClaim() {
		int rounds = Chaos.times(1, 10);
		StartedRuns runs = new StartedRuns(pair, "stopped");
		int refused = 0;
		for (int i = 0; i < rounds; i++) {
			String operation = (i % 2 == 0) ? "CreateImage" : "CreateDistributionConfiguration";
			runs.start(9);
			List<Double> refusedBefore = List.of(refusedWrites(pair.replica(0)), refusedWrites(pair.replica(1)));
			int fault = hangAt(operation, true);
			runs.start();
			awaitHit(fault);
			// Before the call times out.
			int holder = pair.holderOf(operation);
			ServiceProcess stopped = pair.replica(holder);
			stopped.suspend();
			double before = refusedBefore.get(holder);
			try {
				pair.simulator().clearFaults();
				runs.awaitEnds(Duration.ofSeconds(60));
			}
			finally {
				stopped.resume();
			}
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.ignoreExceptions()
				.until(() -> refusedWrites(stopped) > before);
			refused += (int) (refusedWrites(stopped) - before);
		}
		runs.haveOneImageEach();
		Chaos.held(6, "a replica stopped (`SIGSTOP`) past its claims, the other takes over, `SIGCONT`",
				"%d rounds, %d runs, %d late writes refused and counted, 0 second builds".formatted(rounds, runs.size(),
						refused));
	}

	@Test
	void createsThatCommitAndFail() {
		int count = Chaos.times(100, 2_000);
		StartedRuns runs = new StartedRuns(pair, "doubtful");
		String[] kinds = {
				"{\"kind\": \"error\", \"status\": 500, \"code\": \"ServiceException\", \"afterCommit\": true}",
				"{\"kind\": \"reset\", \"afterCommit\": true}", "{\"kind\": \"hang\", \"afterCommit\": true}" };
		List<Integer> faults = new ArrayList<>();
		for (int i = 0; i < kinds.length; i++) {
			for (String operation : List.of("CreateDistributionConfiguration", "CreateImage")) {
				// Each fault meets a third of a fifth of all requests, which is a larger
				// share of those that the earlier faults leave.
				double share = 0.2 / 3 / (1 - i * 0.2 / 3);
				faults.add(pair.simulator()
					.fault("""
							{"operation": "%s", "times": "always", "probability": %s, "seed": %d, "fault": %s}"""
						.formatted(operation, share, Chaos.seed() + i, kinds[i])));
			}
		}
		runs.start(count);
		runs.awaitEnds(Duration.ofSeconds(60 + count / 4));
		int hits = faults.stream().mapToInt(pair.simulator()::hits).sum();
		pair.simulator().clearFaults();
		assertThat(hits).isGreaterThan(count / 5);
		runs.haveOneImageEach();
		Chaos.held(9, "creates that AWS carries out and then answers with 500, a reset or not at all",
				"%d of them, %d runs, 0 second builds, 0 second configurations".formatted(hits, count));
	}

	@Test
	void sameTokenFromManyThreads() throws Exception {
		int tokens = Chaos.times(20, 1_000);
		StartedRuns runs = new StartedRuns(pair, "same");
		int told = 0;
		ExecutorService threads = Executors.newFixedThreadPool(50);
		try {
			for (int i = 0; i < tokens; i++) {
				String token = "same-" + Chaos.seed() + "-" + i;
				List<HttpResponse<String>> answers = atOnce(threads, 50,
						() -> runs.send((replica) -> replica.post(StartedRuns.request(token, token))));
				List<Integer> statuses = answers.stream().map(HttpResponse::statusCode).toList();
				int accepted = Collections.frequency(statuses, 202);
				assertThat(accepted).isLessThanOrEqualTo(1);
				assertThat(Collections.frequency(statuses, 200)).isEqualTo(50 - accepted);
				told += accepted;
				assertThat(answers).extracting(StartedRuns::idOf).containsOnly(StartedRuns.idOf(answers.get(0)));
				assertThat(
						runs.send((replica) -> replica.post(StartedRuns.request(token + "-other", token))).statusCode())
					.isEqualTo(409);
			}
		}
		finally {
			threads.shutdownNow();
		}
		// A slow machine may leave the outcome unknown; the repeat is answered with 200.
		assertThat(told).isBetween(Chaos.times(tokens / 2, tokens), tokens);
		assertThat(pair.jdbc().sql("select count(*) from run").query(Integer.class).single()).isEqualTo(tokens);
		runs.awaitEnds(Duration.ofSeconds(60 + tokens / 4));
		assertThat(pair.simulator().get("counts").get("builds").asInt()).isEqualTo(tokens);
		Chaos.held(13, "the same `clientToken` from 50 threads over two replicas",
				"%d tokens, %d runs; %d times 202, otherwise 200, other inputs 409".formatted(tokens, tokens, told));
	}

	@Test
	void cancelledAtARandomMoment() throws Exception {
		Random random = Chaos.random(14);
		int count = Chaos.times(60, 2_000);
		StartedRuns runs = new StartedRuns(pair, "cancelled");
		ScheduledExecutorService callers = Executors.newScheduledThreadPool(16);
		List<Future<?>> cancels = new ArrayList<>();
		try {
			for (int i = 0; i < count; i++) {
				String id = runs.start();
				cancels
					.add(callers.schedule(() -> runs.send((replica) -> replica.post("/v1/runs/" + id + "/cancel", "")),
							random.nextInt(10_000), TimeUnit.MILLISECONDS));
			}
			// A slow machine may cancel all others.
			runs.start(3);
			for (Future<?> cancel : cancels) {
				cancel.get();
			}
		}
		finally {
			callers.shutdownNow();
		}
		runs.awaitEnds(Duration.ofSeconds(60));
		runs.haveWholeHistories();
		Map<String, Integer> ends = endsThatAgreeWithAws(runs);
		assertThat(ends.keySet()).containsAll(List.of("CANCELLED", "SUCCEEDED"));
		Chaos.held(14, "cancelled at a random moment",
				"%d runs: %s; no image left building, one effective cancel each at most".formatted(count, ends));
	}

	private static Map<String, Integer> endsThatAgreeWithAws(StartedRuns runs) {
		Map<String, List<JsonNode>> images = runs.images();
		Map<String, Integer> ends = new ConcurrentHashMap<>();
		for (JsonNode run : runs.all()) {
			String status = run.get("status").stringValue();
			ends.merge(status, 1, Integer::sum);
			List<JsonNode> built = images.getOrDefault(run.at("/outputs/distributionConfigurationArn").asString("none"),
					List.of());
			assertThat(built).hasSizeLessThanOrEqualTo(1).allSatisfy((image) -> {
				assertThat(image.get("ended").asBoolean()).isTrue();
				assertThat(image.get("status").stringValue())
					.isEqualTo(status.equals("SUCCEEDED") ? "AVAILABLE" : "CANCELLED");
			});
			assertThat(status).isIn("SUCCEEDED", "CANCELLED");
			assertThat(status.equals("SUCCEEDED") && built.isEmpty()).isFalse();
		}
		JsonNode cancels = pair.simulator().get("requests?operation=CancelImageCreation").get("requests");
		assertThat(cancels.valueStream()
			.filter((cancel) -> cancel.get("outcome").stringValue().equals("COMMITTED"))
			.map((cancel) -> cancel.at("/parameters/imageBuildVersionArn").stringValue())).doesNotHaveDuplicates();
		return ends;
	}

	private static void killTheOneThatIsHeldAt(String operation, boolean afterCommit) {
		int fault = hangAt(operation, afterCommit);
		awaitHit(fault);
		pair.kill(pair.holderOf(operation));
		pair.simulator().clearFaults();
		pair.simulator().forgetRequests();
	}

	private static int hangAt(String operation, boolean afterCommit) {
		return pair.simulator().fault("""
				{"operation": "%s", "fault": {"kind": "hang", "afterCommit": %s}}""".formatted(operation, afterCommit));
	}

	private static void awaitHit(int fault) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.pollInterval(Duration.ofMillis(10))
			.until(() -> pair.simulator().hits(fault) > 0);
	}

	private static double refusedWrites(ServiceProcess replica) {
		return replica.metric("distribute.image.writes.refused").at("/measurements/0/value").asDouble();
	}

	private static <T> List<T> atOnce(ExecutorService threads, int times, Callable<T> task) throws Exception {
		CountDownLatch begin = new CountDownLatch(1);
		List<Future<T>> results = IntStream.range(0, times).mapToObj((i) -> threads.submit(() -> {
			begin.await();
			return task.call();
		})).toList();
		begin.countDown();
		List<T> all = new ArrayList<>();
		for (Future<T> result : results) {
			all.add(result.get());
		}
		return all;
	}

}
