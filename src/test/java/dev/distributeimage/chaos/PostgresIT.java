package dev.distributeimage.chaos;

import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import dev.distributeimage.ServiceProcess;
import dev.distributeimage.chaos.Fleet.Surroundings;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests failures of PostgreSQL itself and of the network to it. */
@Tag("chaos")
@Tag("chaos-full")
class PostgresIT {

	/** The time within which a caller is answered while the database is away. */
	private static final Duration ANSWERED = Duration.ofSeconds(5);

	/** The time within which work resumes when the database is back. */
	private static final Duration GOES_ON = Duration.ofSeconds(10);

	/** Only the writer sends this, when the status of an image has changed. */
	private static final String OUTCOME = "IMAGE_STATUS";

	/**
	 * The socket timeout, the connection timeout, and the interval between two checks.
	 */
	private static final Duration SOCKET_TIMEOUTS = Duration.ofSeconds(9);

	@Test
	void stoppedAgainAndAgain() throws Exception {
		Random random = Chaos.random(3);
		int stops = Chaos.times(3, 20);
		int rate = Chaos.times(5, 50);
		List<Long> backAt = new ArrayList<>();
		List<Duration> untilWork = new ArrayList<>();
		try (PostgresServer server = PostgresServer.start(); Fleet pair = new Fleet(server, 2)) {
			StartedRuns runs = new StartedRuns(pair, "stopped");
			Callers callers = new Callers(pair, runs, rate);
			try (callers) {
				for (int i = 0; i < stops; i++) {
					long away = 1_000L + random.nextInt(7_000);
					TimeUnit.MILLISECONDS.sleep(20_000 - away);
					server.stopImmediately();
					TimeUnit.MILLISECONDS.sleep(away);
					int calls = calls(pair.simulator());
					server.startAgain();
					backAt.add(System.nanoTime());
					untilWork.add(untilCalled(pair.simulator(), calls));
				}
				TimeUnit.MILLISECONDS.sleep(GOES_ON.toMillis());
			}
			runs.awaitEnds(Duration.ofMinutes(2));
			runs.haveOneImageEach();
			List<Duration> untilAccepted = backAt.stream().map((at) -> callers.acceptedBySince(2, at)).toList();
			assertThat(callers.putOff()).isNotEmpty();
			assertThat(callers.slowerThan(ANSWERED)).isEmpty();
			assertThat(untilWork).allSatisfy((time) -> assertThat(time).isLessThan(GOES_ON));
			assertThat(untilAccepted).allSatisfy((time) -> assertThat(time).isLessThan(GOES_ON));
			Chaos.held(3, "PostgreSQL stopped with `immediate` every 20 s under %d POST/s".formatted(rate),
					"%d times; %d runs, 0 lost, 0 second builds; %d POSTs answered 503 (%d outcome-unknown, of which %d were stored), the slowest after %.1f s; AWS called again after at most %.1f s, runs accepted by both after %.1f s"
						.formatted(stops, runs.size(), callers.putOff().size(), callers.unknown(),
								callers.storedThoughUnknown(), seconds(callers.longestWait()), longest(untilWork),
								longest(untilAccepted)));
		}
	}

	@Test
	void wayIsFrozenAndReset() throws Exception {
		Chaos.needJcmd(5);
		try (PostgresServer server = PostgresServer.start();
				FreezableProxy way = new FreezableProxy(server.port());
				Fleet pair = new Fleet(server, List.of(new Surroundings(server.through(way.port()), Map.of()),
						new Surroundings(server, Map.of())))) {
			StartedRuns runs = new StartedRuns(pair, "frozen");
			WaitingThreads threads = new WaitingThreads(pair.replica(0).pid());
			Callers callers = new Callers(pair, runs, 10);
			double longestDue = 0;
			long thawed;
			try (callers) {
				TimeUnit.SECONDS.sleep(10);
				way.freezeAt(OUTCOME);
				Awaitility.await().until(way::isFrozen);
				Timestamp frozen = pair.jdbc().sql("select engine_now()").query(Timestamp.class).single();
				for (int i = 0; i < 20; i++) {
					TimeUnit.MILLISECONDS.sleep(1_500);
					threads.look();
					longestDue = Math.max(longestDue, longestDue(pair));
				}
				assertThat(stillRunning(pair, frozen)).isZero();
				thawed = System.nanoTime();
				way.reset();
				TimeUnit.MILLISECONDS.sleep(GOES_ON.toMillis());
			}
			runs.awaitEnds(Duration.ofMinutes(2));
			runs.haveOneImageEach();
			assertThat(lateOutcomes(way)).isPositive();
			assertThat(longestDue).isLessThan(5);
			assertThat(threads.longest()).isLessThan(SOCKET_TIMEOUTS);
			assertThat(callers.slowerThan(ANSWERED)).isEmpty();
			assertThat(callers.acceptedBySince(2, thawed)).isLessThan(GOES_ON);
			Chaos.held(5, "one replica's connections to PostgreSQL frozen for 30 s, then reset",
					"%d runs, 0 second builds; no thread waited longer than %.1f s, no POST longer than %.1f s; no run overdue for more than %.1f s; %d outcomes reached PostgreSQL too late and changed nothing; runs accepted by both again after %.1f s"
						.formatted(runs.size(), seconds(threads.longest()), seconds(callers.longestWait()), longestDue,
								lateOutcomes(way), seconds(callers.acceptedBySince(2, thawed))));
		}
	}

	@Test
	void fileSystemIsFull() throws Exception {
		Chaos.need(19, SmallFileSystem.isPossible(), "root, to mount a tmpfs");
		try (SmallFileSystem disk = SmallFileSystem.mount("400m");
				PostgresServer server = PostgresServer.start(disk.root().resolve("data"));
				Fleet pair = new Fleet(server, 2)) {
			StartedRuns runs = new StartedRuns(pair, "full");
			Callers callers = new Callers(pair, runs, 10);
			try (callers) {
				TimeUnit.SECONDS.sleep(5);
				assertThat(pair.ready()).allMatch(PostgresIT::isReady);
				disk.fill();
				Awaitility.await()
					.atMost(Duration.ofSeconds(30))
					.until(() -> pair.ready().stream().noneMatch(PostgresIT::isReady));
				TimeUnit.SECONDS.sleep(20);
				assertThat(pair.ready()).noneMatch(PostgresIT::isReady);
				disk.makeRoom();
				if (!server.isAlive()) {
					server.startAgain();
				}
				Awaitility.await()
					.atMost(Duration.ofSeconds(30))
					.until(() -> pair.ready().stream().allMatch(PostgresIT::isReady));
			}
			runs.awaitEnds(Duration.ofMinutes(2));
			runs.haveOneImageEach();
			assertThat(callers.putOff()).isNotEmpty();
			Chaos.held(19, "PostgreSQL's file system full for 20 s",
					"%d runs, 0 lost, 0 second builds; %d POSTs answered 503, neither replica ready until there was room; the slowest answer after %.1f s"
						.formatted(runs.size(), callers.putOff().size(), seconds(callers.longestWait())));
		}
	}

	private static boolean isReady(ServiceProcess replica) {
		return replica.answer("/readyz").statusCode() == 200;
	}

	private static double longestDue(Fleet pair) {
		return pair.jdbc().sql("""
				select coalesce(max(extract(epoch from engine_now() - greatest(next_attempt_at, claimed_until))), 0)
				from run where status = 'RUNNING'""").query(Double.class).single();
	}

	private static int stillRunning(Fleet pair, Timestamp createdBefore) {
		return pair.jdbc()
			.sql("select count(*) from run where status = 'RUNNING' and created_at < :before")
			.param("before", createdBefore)
			.query(Integer.class)
			.single();
	}

	private static long lateOutcomes(FreezableProxy way) {
		return way.late().stream().filter((sent) -> sent.contains(OUTCOME)).count();
	}

	private static int calls(SimulatorProcess simulator) {
		return simulator.get("counts").get("requests").valueStream().mapToInt(JsonNode::asInt).sum();
	}

	private static Duration untilCalled(SimulatorProcess simulator, int callsBefore) {
		long begin = System.nanoTime();
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.pollInterval(Duration.ofMillis(20))
			.until(() -> calls(simulator) > callsBefore);
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	private static double longest(List<Duration> times) {
		return seconds(times.stream().max(Duration::compareTo).orElse(Duration.ZERO));
	}

	private static double seconds(Duration time) {
		return time.toMillis() / 1_000.0;
	}

}
