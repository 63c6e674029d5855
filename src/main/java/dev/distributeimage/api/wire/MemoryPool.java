package dev.distributeimage.api.wire;

import java.util.concurrent.Semaphore;

/** A part of the heap that is given out by the kilobyte. */
final class MemoryPool {

	private static final int KILOBYTE = 1024;

	private final int capacity;

	private final Semaphore kilobytes;

	MemoryPool(long bytes) {
		this.capacity = (int) Math.min(Math.max(1, bytes / KILOBYTE), Integer.MAX_VALUE);
		this.kilobytes = new Semaphore(this.capacity);
	}

	/** A pool with this share of the heap. */
	static MemoryPool ofHeap(double share) {
		return new MemoryPool((long) (share * Runtime.getRuntime().maxMemory()));
	}

	/**
	 * The kilobytes that hold so many bytes. Anything fits into an empty pool, so that
	 * what comes alone is never refused.
	 */
	int kilobytes(long bytes) {
		return (int) Math.min((bytes + KILOBYTE - 1) / KILOBYTE, this.capacity);
	}

	boolean tryTake(int kilobytesWanted) {
		return this.kilobytes.tryAcquire(kilobytesWanted);
	}

	void giveBack(int kilobytesHeld) {
		this.kilobytes.release(kilobytesHeld);
	}

	/** The kilobytes that are not given out. */
	int free() {
		return this.kilobytes.availablePermits();
	}

}
