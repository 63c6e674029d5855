package dev.distributeimage.audit;

/**
 * Bounds what strangers write into the table: a burst is recorded whole, and a flood does
 * not fill the disk. A token bucket.
 */
final class StrangersShare {

	private static final double BURST = 10_000;

	private static final double PER_SECOND = 100;

	private double tokens = BURST;

	private long filled = System.nanoTime();

	/** Whether there is room for one more record. */
	synchronized boolean take() {
		long now = System.nanoTime();
		this.tokens = Math.min(BURST, this.tokens + (now - this.filled) / 1e9 * PER_SECOND);
		this.filled = now;
		if (this.tokens < 1) {
			return false;
		}
		this.tokens--;
		return true;
	}

}
