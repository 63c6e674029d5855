package dev.distributeimage.bench;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What stands for the remote calls: each takes its time and is counted, and every run
 * must make its ten in order and once.
 */
final class Calls {

	/** Durable transitions of every run, with a call each. */
	static final int PER_RUN = 10;

	private final Map<String, Integer> madeByRun = new ConcurrentHashMap<>();

	private final AtomicLong twice = new AtomicLong();

	private final Duration duration;

	private final CountDownLatch unfinished;

	Calls(Duration duration, int runs) {
		this.duration = duration;
		this.unfinished = new CountDownLatch(runs);
	}

	/**
	 * Makes a run's next call.
	 * @param number which of its calls it should be, from 1
	 */
	void make(String run, int number) {
		if (!this.duration.isZero()) {
			LockSupport.parkNanos(this.duration.toNanos());
		}
		int made = this.madeByRun.merge(run, 1, Integer::sum);
		if (made != number) {
			this.twice.incrementAndGet();
		}
		if (made == PER_RUN) {
			this.unfinished.countDown();
		}
	}

	int madeBy(String run) {
		return this.madeByRun.getOrDefault(run, 0);
	}

	/** Calls that were made out of turn: by a run that ran twice. */
	long twice() {
		return this.twice.get();
	}

	/** Runs that have made all their calls. */
	long finished() {
		return this.madeByRun.values().stream().filter((made) -> made == PER_RUN).count();
	}

	/** Waits for the last call, and then until its outcome is stored. */
	void awaitEnd(Contestant.Turn turn, Duration patience) throws InterruptedException {
		long end = System.nanoTime() + patience.toNanos();
		this.unfinished.await(patience.toMillis(), TimeUnit.MILLISECONDS);
		while (turn.unended() > 0 && System.nanoTime() < end) {
			TimeUnit.MILLISECONDS.sleep(5);
		}
	}

}
