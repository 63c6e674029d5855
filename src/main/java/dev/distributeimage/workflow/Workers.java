package dev.distributeimage.workflow;

import java.time.Duration;

/**
 * The workers, and how many of them Regions may hold.
 *
 * @param concurrency the number of workers
 * @param regionConcurrency the maximum number of workers of one Region that answers
 * @param attemptTimeout the timeout of a call
 */
record Workers(int concurrency, int regionConcurrency, Duration attemptTimeout) {

	/**
	 * The maximum number of workers of all Regions together that have not answered within
	 * the last attempt timeout.
	 */
	int withoutAnswer() {
		return Math.max(1, this.concurrency / 2);
	}

	/**
	 * The maximum number of workers of all Regions together that hang or may hang. One is
	 * left for Regions that answered when they were last called.
	 */
	int unproven() {
		return Math.max(1, withoutAnswer() - 1);
	}

	/**
	 * The pause between two calls to Regions that may hang, unless the first one is
	 * answered. Calls that begin one by one end one by one, so that there is always a
	 * worker for the next Region.
	 */
	Duration pauseBetweenTries() {
		return this.attemptTimeout.dividedBy(unproven());
	}

	/** The time after which an answer no longer shows that the Region is well. */
	Duration slowAnswer() {
		return this.attemptTimeout.dividedBy(2);
	}

}
