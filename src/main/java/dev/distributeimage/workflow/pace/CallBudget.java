package dev.distributeimage.workflow.pace;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import dev.distributeimage.aws.Place;

/**
 * Limits the calls to each account and Region by a token bucket, which is filled at
 * {@code distribute-image.aws.calls-per-second} and holds the calls of one second.
 */
public class CallBudget {

	private static final double NANOS_PER_SECOND = 1e9;

	private final double callsPerSecond;

	private final LongSupplier nanoTime;

	private final Map<Place, Bucket> buckets = new HashMap<>();

	/**
	 * Creates a budget.
	 * @param callsPerSecond 0 for no limit
	 */
	public CallBudget(double callsPerSecond, LongSupplier nanoTime) {
		this.callsPerSecond = callsPerSecond;
		this.nanoTime = nanoTime;
	}

	public boolean isLimited() {
		return this.callsPerSecond > 0;
	}

	/** Takes a call out of the budget, if one is left. */
	public synchronized boolean tryAcquire(Place place) {
		if (!isLimited()) {
			return true;
		}
		if (!this.buckets.containsKey(place)) {
			// A full bucket is as good as a new one, so nothing is lost.
			this.buckets.values().removeIf(Bucket::isFull);
		}
		return this.buckets.computeIfAbsent(place, (key) -> new Bucket()).tryAcquire();
	}

	private double capacity() {
		return Math.max(1, this.callsPerSecond);
	}

	private final class Bucket {

		private double calls = capacity();

		private long filledAt = CallBudget.this.nanoTime.getAsLong();

		private boolean isFull() {
			fill();
			return this.calls >= capacity();
		}

		private void fill() {
			long now = CallBudget.this.nanoTime.getAsLong();
			double earned = (now - this.filledAt) / NANOS_PER_SECOND * CallBudget.this.callsPerSecond;
			this.calls = Math.min(capacity(), this.calls + earned);
			this.filledAt = now;
		}

		private boolean tryAcquire() {
			fill();
			if (this.calls < 1) {
				return false;
			}
			this.calls--;
			return true;
		}

	}

}
