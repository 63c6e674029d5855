package dev.distributeimage.simulator;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * An ordered fault: the requests that it strikes, how often it may strike and how
 * often it has struck.
 */
public final class FaultRule {

	private final int id;

	private final Predicate<RecordedRequest> condition;

	private final int times;

	private final Fault fault;

	private final CountDownLatch released = new CountDownLatch(1);

	private int hits;

	private boolean removed;

	FaultRule(int id, Predicate<RecordedRequest> condition, int times, Fault fault) {
		this.id = id;
		this.condition = condition;
		this.times = times;
		this.fault = fault;
	}

	/** The number of requests struck so far. */
	public synchronized int hits() {
		return this.hits;
	}

	/** Releases every call that it holds, and stops striking. */
	public void release() {
		remove();
		this.released.countDown();
	}

	/** Stops striking, but does not release the calls that it holds. */
	public synchronized void remove() {
		this.removed = true;
	}

	int id() {
		return this.id;
	}

	Fault fault() {
		return this.fault;
	}

	boolean isCounted() {
		return this.times != Integer.MAX_VALUE;
	}

	synchronized boolean isSpent() {
		return this.removed || this.hits >= this.times;
	}

	synchronized boolean strikes(RecordedRequest request) {
		if (isSpent() || !this.condition.test(request)) {
			return false;
		}
		this.hits++;
		return true;
	}

	void await() throws InterruptedException {
		Duration wait = this.fault.waits();
		if (wait.equals(Fault.UNTIL_RELEASED)) {
			this.released.await();
			return;
		}
		this.released.await(wait.toNanos(), TimeUnit.NANOSECONDS);
	}

}
