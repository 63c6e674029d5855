package dev.distributeimage.chaos;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Callers that request runs from the replicas in turn, at a steady rate that does not
 * depend on the answers. A caller that is told to retry repeats the request with the same
 * token after the given delay.
 */
// Failures are collected in the list.
@SuppressWarnings("FutureReturnValueIgnored")
final class Callers implements AutoCloseable {

	private static final String UNAVAILABLE = "/problems/unavailable";

	private static final String OUTCOME_UNKNOWN = "/problems/outcome-unknown";

	private static final String OVERLOADED = "/problems/overloaded";

	/**
	 * An answer.
	 *
	 * @param replica the replica that answered
	 * @param at when the answer arrived, in nanoseconds
	 * @param took how long the caller waited
	 * @param status the HTTP status
	 * @param problem the problem type, or null
	 */
	record Answered(int replica, long at, Duration took, int status, String problem) {
	}

	private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final Queue<Answered> answers = new ConcurrentLinkedQueue<>();

	private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

	private final AtomicInteger asked = new AtomicInteger();

	private final AtomicInteger open = new AtomicInteger();

	private final AtomicInteger storedThoughUnknown = new AtomicInteger();

	private final Fleet fleet;

	private final StartedRuns runs;

	private volatile boolean closed;

	Callers(Fleet fleet, StartedRuns runs, int perSecond) {
		this.fleet = fleet;
		this.runs = runs;
		this.clock.scheduleAtFixedRate(this::begin, 0, TimeUnit.SECONDS.toNanos(1) / perSecond, TimeUnit.NANOSECONDS);
	}

	List<Answered> answers() {
		return List.copyOf(this.answers);
	}

	/** Answers that took longer. */
	List<Answered> slowerThan(Duration limit) {
		return this.answers.stream().filter((answer) -> answer.took().compareTo(limit) > 0).toList();
	}

	/** Answers that asked the caller to retry. */
	List<Answered> putOff() {
		return this.answers.stream().filter((answer) -> answer.status() == 503).toList();
	}

	/** Answers that leave open whether the run was stored. */
	long unknown() {
		return this.answers.stream().filter((answer) -> answer.problem().equals(OUTCOME_UNKNOWN)).count();
	}

	/** The number of runs found after such an answer. */
	int storedThoughUnknown() {
		return this.storedThoughUnknown.get();
	}

	/** The time until each replica had accepted a run again. */
	Duration acceptedBySince(int replicas, long since) {
		long last = since;
		for (int i = 0; i < replicas; i++) {
			int replica = i;
			last = Math.max(last,
					this.answers.stream()
						.filter((answer) -> answer.replica() == replica && answer.status() < 300)
						.mapToLong(Answered::at)
						.filter((at) -> at >= since)
						.min()
						.orElse(Long.MAX_VALUE));
		}
		return Duration.ofNanos(last - since);
	}

	Duration longestWait() {
		return this.answers.stream().map(Answered::took).max(Duration::compareTo).orElse(Duration.ZERO);
	}

	/** Stops sending new requests and waits until all requested runs are accepted. */
	@Override
	public void close() {
		this.closed = true;
		try {
			Awaitility.await()
				.atMost(Duration.ofSeconds(90))
				.until(() -> this.open.get() == 0 || !this.failures.isEmpty());
			assertThat(this.failures).isEmpty();
		}
		finally {
			this.clock.shutdownNow();
			this.threads.shutdownNow();
		}
	}

	private void begin() {
		if (!this.closed) {
			this.open.incrementAndGet();
			int number = this.asked.incrementAndGet();
			this.threads.execute(() -> ask(number, 0, false));
		}
	}

	private void ask(int number, int times, boolean unknown) {
		try {
			int replica = (number + times) % this.fleet.ready().size();
			String token = "steady-" + number;
			long begun = System.nanoTime();
			HttpResponse<String> answer = this.fleet.replica(replica).post(StartedRuns.request(token, token));
			long at = System.nanoTime();
			JsonNode body = JsonMapper.shared().readTree(answer.body());
			this.answers.add(new Answered(replica, at, Duration.ofNanos(at - begun), answer.statusCode(),
					body.path("type").asString("")));
			if (answer.statusCode() == 503) {
				assertThat(body.path("type").asString()).isIn(UNAVAILABLE, OUTCOME_UNKNOWN, OVERLOADED);
				long pause = Long.parseLong(answer.headers().firstValue("Retry-After").orElseThrow());
				boolean unknownNow = unknown || body.path("type").asString().equals(OUTCOME_UNKNOWN);
				this.clock.schedule(() -> this.threads.execute(() -> ask(number, times + 1, unknownNow)), pause,
						TimeUnit.SECONDS);
				return;
			}
			assertAccepted(answer, unknown);
			this.runs.accepted(token, body.get("id").stringValue());
			this.open.decrementAndGet();
		}
		catch (RuntimeException | AssertionError ex) {
			this.failures.add(ex);
		}
	}

	// Runs reported as not stored must not exist.
	private void assertAccepted(HttpResponse<String> answer, boolean unknown) {
		if (unknown && answer.statusCode() == 200) {
			this.storedThoughUnknown.incrementAndGet();
			return;
		}
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
	}

}
