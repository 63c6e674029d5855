package dev.distributeimage.bench;

import java.time.Duration;

/**
 * What is asked of every contestant alike.
 *
 * @param call how long a call takes
 * @param threads how many threads make calls
 */
record Load(Duration call, int threads) {

	/** The cost of the engine alone. */
	static final Load NO_CALL = new Load(Duration.ZERO, 16);

	/** Enough threads for the calls not to be the limit. */
	static final Load SHORT_CALL = new Load(Duration.ofMillis(5), 200);

	@Override
	public String toString() {
		return "%d ms".formatted(this.call.toMillis());
	}

}
