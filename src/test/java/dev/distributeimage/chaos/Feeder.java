package dev.distributeimage.chaos;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import static org.assertj.core.api.Assertions.assertThat;

/** Starts runs while it is open, so that a constant number of runs is in flight. */
final class Feeder implements AutoCloseable {

	private final StartedRuns runs;

	private final int inFlight;

	private final CompletableFuture<Void> feeding;

	private volatile boolean closed;

	Feeder(StartedRuns runs, int inFlight) {
		this.runs = runs;
		this.inFlight = inFlight;
		this.feeding = CompletableFuture.runAsync(this::feed, (task) -> new Thread(task, "feeder").start());
	}

	/** Fails if a request was not answered as expected. */
	void goesOn() {
		assertThat(this.feeding).isNotCompletedExceptionally();
	}

	/** Waits for the last request. */
	@Override
	public void close() {
		this.closed = true;
		this.feeding.orTimeout(2, TimeUnit.MINUTES).join();
	}

	private void feed() {
		while (!this.closed) {
			this.runs.start(Math.max(0, Math.min(20, this.inFlight - this.runs.running())));
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
		}
	}

}
