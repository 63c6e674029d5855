package dev.distributeimage.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.distributeimage.api.Wire;

/**
 * Callers that start runs, each over its own connection, which is kept alive. They are
 * cheap, so they can outnumber the requests that a service on the same machine can serve.
 */
public final class Flood {

	private final AtomicLong names = new AtomicLong();

	private final int port;

	Flood(int port) {
		this.port = port;
	}

	/**
	 * Starts callers that each send the next request as soon as the last one is answered.
	 */
	Tally asFastAsAnswered(int callers, Duration time) {
		long begin = System.nanoTime();
		return flood(callers, begin, (number) -> begin, time);
	}

	/**
	 * Sends a fixed number of requests per second regardless of the answers, within the
	 * number of callers.
	 */
	Tally atPace(double perSecond, int callers, Duration time) {
		long begin = System.nanoTime();
		return flood(callers, begin, (number) -> begin + (long) (number / perSecond * 1e9), time);
	}

	private Tally flood(int callers, long begin, Schedule schedule, Duration time) {
		Tally tally = new Tally();
		AtomicLong numbers = new AtomicLong();
		ExecutorService threads = Executors.newFixedThreadPool(callers);
		List<CompletableFuture<Void>> all = new ArrayList<>();
		for (int i = 0; i < callers; i++) {
			all.add(CompletableFuture.runAsync(() -> call(tally, numbers, schedule, begin + time.toNanos()), threads));
		}
		all.forEach(CompletableFuture::join);
		threads.shutdown();
		tally.nanos = System.nanoTime() - begin;
		return tally;
	}

	private void call(Tally tally, AtomicLong numbers, Schedule schedule, long end) {
		try (Wire wire = new Wire(this.port)) {
			while (System.nanoTime() < end) {
				long due = schedule.due(numbers.getAndIncrement());
				for (long ahead = due - System.nanoTime(); ahead > 0; ahead = due - System.nanoTime()) {
					LockSupport.parkNanos(ahead);
				}
				tally.ask(wire, request("flood-" + this.names.incrementAndGet()));
			}
		}
		catch (IOException ex) {
			tally.unexpected.add("close: " + ex);
		}
	}

	private static byte[] request(String name) {
		return Wire.post("/v1/runs", StartedRuns.request(name, name));
	}

	/**
	 * Returns when to send the request with this number, by {@link System#nanoTime()}.
	 */
	private interface Schedule {

		long due(long number);

	}

	/** The answers that the callers got. */
	static final class Tally {

		private final Queue<Long> nanosOfAccepted = new ConcurrentLinkedQueue<>();

		private final Map<String, AtomicLong> refused = new ConcurrentHashMap<>();

		private final Queue<String> unexpected = new ConcurrentLinkedQueue<>();

		private long nanos;

		private void ask(Wire wire, byte[] request) throws IOException {
			long sentAt = System.nanoTime();
			try {
				Wire.Answer answer = wire.send(request, "POST");
				long took = System.nanoTime() - sentAt;
				if (answer.status() == 202) {
					this.nanosOfAccepted.add(took);
				}
				else if (isRefusal(answer)) {
					String kind = answer.body().contains("/problems/overloaded") ? "overloaded" : "other";
					this.refused.computeIfAbsent(kind, (key) -> new AtomicLong()).incrementAndGet();
				}
				else {
					this.unexpected.add(answer.toString());
				}
			}
			catch (IOException ex) {
				this.unexpected.add(ex.toString());
				wire.close();
			}
		}

		private static boolean isRefusal(Wire.Answer answer) {
			return (answer.status() == 429 || answer.status() == 503)
					&& answer.header("Retry-After").filter((seconds) -> seconds.matches("[1-9]\\d*")).isPresent();
		}

		/** Answers that are neither an acceptance nor a refusal with Retry-After. */
		List<String> unexpected() {
			return List.copyOf(this.unexpected);
		}

		int accepted() {
			return this.nanosOfAccepted.size();
		}

		long refused() {
			return this.refused.values().stream().mapToLong(AtomicLong::get).sum();
		}

		/** Requests that were refused for a reason other than overload. */
		long refusedOtherwise() {
			return refused() - this.refused.getOrDefault("overloaded", new AtomicLong()).get();
		}

		double acceptedPerSecond() {
			return accepted() * 1e9 / this.nanos;
		}

		double askedPerSecond() {
			return (accepted() + refused() + this.unexpected.size()) * 1e9 / this.nanos;
		}

		/** Returns the longest wait within this share of the accepted requests. */
		Duration quantileOfAccepted(double share) {
			long[] sorted = this.nanosOfAccepted.stream().mapToLong(Long::longValue).sorted().toArray();
			return Duration.ofNanos(sorted[(int) Math.min(sorted.length - 1L, (long) (share * sorted.length))]);
		}

		@Override
		public String toString() {
			return "%.0f/s asked, %.0f/s accepted (p50 %d ms, p99 %d ms), %d refused".formatted(askedPerSecond(),
					acceptedPerSecond(), quantileOfAccepted(0.5).toMillis(), quantileOfAccepted(0.99).toMillis(),
					refused());
		}

	}

}
