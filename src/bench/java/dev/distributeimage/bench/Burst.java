package dev.distributeimage.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.distributeimage.api.Wire;
import dev.distributeimage.bench.TimedImageBuilder.Times;
import org.awaitility.Awaitility;

/**
 * Callers that each start a run at the same moment, over their own connections, and
 * repeat refused requests after {@code Retry-After}.
 */
final class Burst {

	/** Two creates and the first poll, which follow at once. */
	private static final int CALLS_PER_RUN = 3;

	private static final List<String> REGIONS = List.of("eu-west-1", "us-east-1");

	private static final AtomicLong NAMES = new AtomicLong();

	private final Map<String, Long> sentAt = new ConcurrentHashMap<>();

	private final AtomicInteger refused = new AtomicInteger();

	private final List<Server> replicas;

	private final Times times;

	Burst(List<Server> replicas, Times times) {
		this.replicas = replicas;
		this.times = times;
	}

	/** Starts this number of runs and waits until each has its image. */
	void start(int runs) {
		CountDownLatch begin = new CountDownLatch(1);
		ExecutorService callers = Executors.newFixedThreadPool(runs);
		List<CompletableFuture<Void>> calls = new ArrayList<>();
		for (int i = 0; i < runs; i++) {
			int number = i;
			calls.add(CompletableFuture.runAsync(() -> start(begin, number), callers));
		}
		long expected = this.times.calls() + (long) runs * CALLS_PER_RUN;
		begin.countDown();
		calls.forEach(CompletableFuture::join);
		callers.shutdown();
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2))
			.until(() -> this.times.calls() >= expected);
	}

	private void start(CountDownLatch begin, int number) {
		String name = "burst-" + NAMES.incrementAndGet();
		byte[] request = Wire.post("/v1/runs", Asked.body(name, REGIONS.get(number % REGIONS.size())));
		try (Wire wire = new Wire(this.replicas.get(number % this.replicas.size()).port())) {
			begin.await();
			this.sentAt.put(name, System.nanoTime());
			for (Wire.Answer answer = wire.send(request, "POST"); answer.status() != 202; answer = wire.send(request,
					"POST")) {
				this.refused.incrementAndGet();
				TimeUnit.SECONDS.sleep(Long.parseLong(answer.header("Retry-After").orElseThrow()));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** The number of refusals. */
	int refused() {
		return this.refused.get();
	}

	/**
	 * From POST to CreateImage accepted, less the run's own calls, in milliseconds; the
	 * shortest first.
	 */
	double[] millis() {
		Map<String, Times.Built> built = this.times.built();
		return this.sentAt.entrySet().stream().mapToDouble((sent) -> {
			Times.Built image = Objects.requireNonNull(built.get(sent.getKey()));
			return (image.at() - sent.getValue() - image.nanosOfCalls()) / 1e6;
		}).sorted().toArray();
	}

	/** From the first POST to the last CreateImage accepted, in seconds. */
	double seconds() {
		long begin = this.sentAt.values().stream().mapToLong(Long::longValue).min().orElseThrow();
		return this.times.built().values().stream().mapToLong((image) -> image.at() - begin).max().orElseThrow() / 1e9;
	}

}
