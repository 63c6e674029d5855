package dev.distributeimage.bench;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * The simulated remote calls: each takes its time and is counted, and every run must make
 * its own calls once and in order.
 */
final class Calls {

	private final Map<String, Integer> madeByRun = new ConcurrentHashMap<>();

	private final AtomicLong twice = new AtomicLong();

	private final LongAdder made = new LongAdder();

	private final Duration duration;

	private final Mix mix;

	private final int perRun;

	private final CountDownLatch unfinished;

	Calls(Load load, int runs) {
		this(load.call(), runs, load.mix(), load.mix().perRun());
	}

	private Calls(Duration duration, int runs, Mix mix, int perRun) {
		this.duration = duration;
		this.mix = mix;
		this.perRun = perRun;
		this.unfinished = new CountDownLatch(runs);
	}

	/** Calls of runs that never end. */
	static Calls endless(Duration duration) {
		return new Calls(duration, 0, Mix.NEWS, Integer.MAX_VALUE);
	}

	/**
	 * Makes a run's next call.
	 * @param number the expected number of the call, from 1
	 */
	void make(String run, int number) {
		if (!this.duration.isZero()) {
			LockSupport.parkNanos(this.duration.toNanos());
		}
		this.made.increment();
		int made = this.madeByRun.merge(run, 1, Integer::sum);
		if (made != number) {
			this.twice.incrementAndGet();
		}
		if (isLast(made)) {
			this.unfinished.countDown();
		}
	}

	/** Whether a run ends with the call of this number. */
	boolean isLast(int number) {
		return number == this.perRun;
	}

	Mix mix() {
		return this.mix;
	}

	boolean areEndless() {
		return this.perRun == Integer.MAX_VALUE;
	}

	/** The calls that all runs have made. */
	long made() {
		return this.made.sum();
	}

	int madeBy(String run) {
		return this.madeByRun.getOrDefault(run, 0);
	}

	/** Calls out of order, made by a run that was executed twice. */
	long twice() {
		return this.twice.get();
	}

	/** Runs that have made all their calls. */
	long finished() {
		return this.madeByRun.values().stream().filter(this::isLast).count();
	}

	/** Waits for the last call and then until its outcome is stored. */
	void awaitEnd(Contestant.Round round, Duration patience) throws InterruptedException {
		long end = System.nanoTime() + patience.toNanos();
		this.unfinished.await(patience.toMillis(), TimeUnit.MILLISECONDS);
		while (round.unended() > 0 && System.nanoTime() < end) {
			TimeUnit.MILLISECONDS.sleep(5);
		}
	}

}
