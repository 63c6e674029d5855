package dev.distributeimage.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collection;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Callers whose tokens are of keys that nobody knows, each with a pause after an answer. */
final class Strangers implements AutoCloseable {

	private static final int CALLERS = 4;

	private static final Duration PAUSE = Duration.ofMillis(50);

	private final HttpClient http = HttpClient.newHttpClient();

	private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);

	private final Set<Integer> statuses = new ConcurrentSkipListSet<>();

	private final Queue<Long> millis = new ConcurrentLinkedQueue<>();

	private volatile boolean ended;

	Strangers(URI uri, Supplier<String> tokens) {
		for (int i = 0; i < CALLERS; i++) {
			this.callers.execute(() -> {
				while (!this.ended) {
					call(uri, tokens.get());
				}
			});
		}
	}

	/** Responses to strangers: how many, with which statuses, and after at most how many ms. */
	record Answers(int count, Collection<Integer> statuses, long longest) {
	}

	private void call(URI uri, String token) {
		long begun = System.nanoTime();
		try {
			this.statuses.add(this.http
				.send(HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token).build(),
						BodyHandlers.discarding())
				.statusCode());
			this.millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
			TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			this.ended = true;
		}
	}

	/** Waits for the last answers. */
	Answers end() throws InterruptedException {
		this.ended = true;
		this.callers.shutdown();
		if (!this.callers.awaitTermination(1, TimeUnit.MINUTES)) {
			throw new IllegalStateException("Strangers are still waiting");
		}
		return new Answers(this.millis.size(), this.statuses,
				this.millis.stream().mapToLong(Long::longValue).max().orElse(0));
	}

	@Override
	public void close() {
		this.callers.shutdownNow();
	}

}
