package dev.distributeimage.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import dev.distributeimage.ServiceProcess;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.chaos.Flood.Tally;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Row 16: for two minutes callers request more than one replica can serve. Its database
 * is slow, so that callers on the same machine can be far faster.
 */
@Tag("chaos")
@Tag("chaos-full")
class OverloadIT {

	/** A generous limit: one statement at a time, 100 ms a run, stores ten a second. */
	private static final int CAN_TAKE_AT_MOST = 60;

	/**
	 * A caller waits up to 1.5 s for its refusal, so that fewer would not be fast enough.
	 */
	private static final int CALLERS = 1_000;

	private static final Duration TIME = Duration.ofMinutes(2);

	/** The allowed growth of live heap under load, out of 256 MB. */
	private static final int FLAT_MEGABYTES = 32;

	@BeforeEach
	void need() {
		Chaos.needJcmd(16);
	}

	@Test
	void tenTimesWhatItCanTakeIsRefusedAndWhatWasAcceptedEnds() throws Exception {
		try (Fleet fleet = new Fleet(new TestPostgres().newDatabase(), 1, "--distribute-image.poller.concurrency=32",
				"--distribute-image.poller.region-share=1")) {
			fleet.simulator().change("{ \"pace\": \"100ms\" }");
			slowDown(fleet);
			Flood flood = new Flood(fleet.replica(0).uri("/").getPort());
			Tally warmUp = flood.asFastAsAnswered(12, Duration.ofSeconds(20));
			Tally canTake = flood.asFastAsAnswered(12, Duration.ofSeconds(15));
			List<Integer> heap = new ArrayList<>();
			Tally flooded = flooded(fleet, () -> flood.atPace(10 * CAN_TAKE_AT_MOST, CALLERS, TIME), heap);
			assertThat(flooded.unexpected()).isEmpty();
			assertThat(flooded.refusedOtherwise()).isZero();
			assertThat(canTake.acceptedPerSecond()).isLessThan(CAN_TAKE_AT_MOST);
			assertThat(flooded.askedPerSecond()).isGreaterThan(9 * CAN_TAKE_AT_MOST);
			assertThat(flooded.acceptedPerSecond()).isGreaterThan(canTake.acceptedPerSecond() / 2);
			assertThat(flooded.quantileOfAccepted(0.99)).isLessThan(Duration.ofSeconds(5));
			assertThat(heap.get(1) - heap.get(0)).as("heap: %s", heap).isLessThan(FLAT_MEGABYTES);
			int accepted = warmUp.accepted() + canTake.accepted() + flooded.accepted();
			Duration rest = allEnd(fleet, accepted);
			Chaos.held(16,
					"POST at ten times what it can take, %d s, inserts slowed down to 100 ms"
						.formatted(TIME.toSeconds()),
					("before: %s; then: %s; refused with 503 and Retry-After; %s MB of heap alive before and after; "
							+ "all %d accepted runs ended, the last %d s later")
						.formatted(canTake, flooded, heap, accepted, rest.toSeconds()));
		}
	}

	private static void slowDown(Fleet fleet) {
		fleet.jdbc().sql("""
				create function slow() returns trigger language plpgsql as
				'begin perform pg_sleep(0.1); return new; end'""").update();
		fleet.jdbc()
			.sql("create trigger slow before insert on run_input for each row execute function slow()")
			.update();
	}

	/**
	 * Checks every 20 s that work continues. Measures the heap only before and after,
	 * because that pauses the service.
	 */
	private static Tally flooded(Fleet fleet, Supplier<Tally> flood, List<Integer> heap) throws Exception {
		ServiceProcess service = fleet.replica(0);
		List<Integer> ended = new ArrayList<>();
		heap.add(Heap.megabytes(service));
		CompletableFuture<Tally> flooding = CompletableFuture.supplyAsync(flood, (task) -> new Thread(task).start());
		while (!isDoneWithin20Seconds(flooding)) {
			ended.add(ended(fleet));
			assertThat(service.answer("/readyz").statusCode()).isEqualTo(200);
		}
		heap.add(Heap.megabytes(service));
		assertThat(ended).isSorted().doesNotHaveDuplicates();
		return flooding.join();
	}

	private static Duration allEnd(Fleet fleet, int accepted) {
		long begin = System.nanoTime();
		Awaitility.await()
			.atMost(Duration.ofMinutes(20))
			.pollInterval(Duration.ofSeconds(1))
			.until(() -> ended(fleet) >= accepted);
		assertThat(count(fleet, "true")).isEqualTo(accepted);
		assertThat(count(fleet, "status = 'SUCCEEDED'")).isEqualTo(accepted);
		assertThat(fleet.simulator().get("counts").get("builds").asInt()).isEqualTo(accepted);
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	private static int ended(Fleet fleet) {
		return count(fleet, "status <> 'RUNNING'");
	}

	private static int count(Fleet fleet, String condition) {
		return fleet.jdbc().sql("select count(*) from run where " + condition).query(Integer.class).single();
	}

	private static boolean isDoneWithin20Seconds(CompletableFuture<Tally> flooding) throws Exception {
		try {
			flooding.get(20, TimeUnit.SECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
	}

}
