package dev.distributeimage.bench;

import java.time.Duration;
import java.util.regex.Pattern;

/** An engine that is measured. */
interface Contestant {

	String name();

	/** Whether {@code -Dbench.only}, a regular expression, is found in its name. */
	default boolean isWanted() {
		return Pattern.compile(System.getProperty("bench.only", "")).matcher(name()).find();
	}

	/** Whether this machine has what it needs. */
	default boolean isHere() {
		return true;
	}

	/** How many runs make a turn that is long enough to be measured. */
	int runs(Load load);

	/** Stores the runs of a turn in an empty database, and starts none. */
	void prepare(BenchPostgres postgres, String database, int runs);

	/** Gets everything ready that is to work on them, and starts nothing. */
	Turn turn(BenchPostgres postgres, String database, Load load, Calls calls);

	/** Work on the runs of one database. */
	interface Turn extends AutoCloseable {

		void start();

		/** How many runs have not ended yet, as the database says. */
		long unended();

		/** How many runs have ended, each once. */
		long endedOnce();

		/** Waits until every run has ended; gives up after a while. */
		void awaitEnd(Duration patience) throws InterruptedException;

		@Override
		void close();

	}

}
