package dev.distributeimage.bench;

import java.time.Duration;
import java.util.regex.Pattern;

/** An engine in the comparison. */
interface Contestant {

	String name();

	/** Whether the name matches {@code -Dbench.only}, a regular expression. */
	default boolean isWanted() {
		return Pattern.compile(System.getProperty("bench.only", "")).matcher(name()).find();
	}

	/** Whether this machine has what the contestant needs. */
	default boolean isHere() {
		return true;
	}

	/** The number of runs in a round, so that it takes long enough to measure. */
	int runs(Load load);

	/** Stores the runs of a round in an empty database and starts none. */
	void prepare(BenchPostgres postgres, String database, int runs);

	/** Prepares the engine for the runs and starts nothing. */
	Round round(BenchPostgres postgres, String database, Load load, Calls calls);

	/** The work on the runs of one database. */
	interface Round extends AutoCloseable {

		void start();

		/** The number of runs that have not ended yet, according to the database. */
		long unended();

		/** The number of runs that have ended exactly once. */
		long endedOnce();

		/** Waits until every run has ended; gives up after a while. */
		void awaitEnd(Duration patience) throws InterruptedException;

		@Override
		void close();

	}

}
