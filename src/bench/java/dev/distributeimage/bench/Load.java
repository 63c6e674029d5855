package dev.distributeimage.bench;

import java.time.Duration;

/**
 * The load that every contestant gets.
 *
 * @param call the duration of a call
 * @param threads the number of threads that make calls
 * @param mix the transitions of a run
 */
record Load(Duration call, int threads, Mix mix) {

	/** The cost of the engine alone. */
	static final Load NO_CALL = new Load(Duration.ZERO, 16, Mix.NEWS);

	/** Enough threads for the calls not to be the limit. */
	static final Load SHORT_CALL = new Load(Duration.ofMillis(5), 200, Mix.NEWS);

	/** The cost of the engine alone, with polls that rarely show a change. */
	static final Load MANY_POLLS = new Load(Duration.ZERO, 16, Mix.POLLS);

	@Override
	public String toString() {
		return "%d ms%s".formatted(this.call.toMillis(), (this.mix == Mix.POLLS) ? ", mostly polls" : "");
	}

}
