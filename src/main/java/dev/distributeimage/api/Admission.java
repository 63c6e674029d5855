package dev.distributeimage.api;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Lets a few requests at a time use the database, a few more wait for their turn, and
 * refuses the others at once. So a request that is taken is answered soon, whatever is
 * asked for besides, and the engine always finds a connection.
 */
@Component
class Admission {

	/**
	 * How many connections requests leave to others: the poller, the writer, the watcher,
	 * and workers and health checks, which seldom need one.
	 */
	private static final int LEFT_TO_OTHERS = 4;

	/**
	 * Half of the threads that Tomcat has: the others refuse, and go on reading and
	 * writing.
	 */
	private static final int MOST_WAITING = 100;

	/** With the 2 s that a connection is waited for, an answer still comes within 5 s. */
	private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

	private final Semaphore places;

	private final Semaphore turns;

	private final Counter refused;

	/** Whether the last one to have its turn could not have a connection. */
	private volatile boolean databaseAway;

	Admission(@Value("${spring.datasource.hikari.maximum-pool-size:10}") int connections, MeterRegistry metrics) {
		int atOnce = Math.max(1, connections - LEFT_TO_OTHERS);
		this.turns = new Semaphore(atOnce, true);
		this.places = new Semaphore(atOnce + MOST_WAITING);
		this.refused = Counter.builder("distribute.image.requests.refused")
			.description("Requests that were refused because there were too many")
			.register(metrics);
	}

	/**
	 * Does the part of a request that uses the database, when it is its turn. Not to be
	 * nested. What waits for the caller, such as reading the body, is done outside.
	 * @throws ProblemException if there are too many others
	 */
	<T extends @Nullable Object> T admit(Supplier<T> work) {
		if (!this.places.tryAcquire()) {
			throw refusal();
		}
		try {
			return admitInTurn(work);
		}
		finally {
			this.places.release();
		}
	}

	private <T extends @Nullable Object> T admitInTurn(Supplier<T> work) {
		if (!isTurnWithinWait()) {
			throw refusal();
		}
		try {
			T done = work.get();
			this.databaseAway = false;
			return done;
		}
		catch (DataAccessResourceFailureException | CannotCreateTransactionException ex) {
			this.databaseAway = true;
			throw ex;
		}
		finally {
			this.turns.release();
		}
	}

	private boolean isTurnWithinWait() {
		try {
			return this.turns.tryAcquire(LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	// Without the database every turn takes as long as a connection is waited for, so
	// that few requests are already too many.
	private ProblemException refusal() {
		this.refused.increment();
		return this.databaseAway
				? new ProblemException(ProblemType.UNAVAILABLE,
						"The database cannot be reached; the request was not carried out.")
				: new ProblemException(ProblemType.OVERLOADED,
						"There are too many requests at the moment; this one was not carried out.");
	}

}
