package dev.distributeimage.api;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import dev.distributeimage.run.intake.TurnRefusedException;
import dev.distributeimage.run.intake.Turns;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;

/**
 * Lets a few requests at a time use the database, as many more wait as will have their
 * turn soon, and refuses the others at once. So a request that is taken is answered soon,
 * whatever is asked for besides, and the engine always finds a connection.
 * <p>
 * How many have their turn soon is told by how long turns take lately: hundreds while
 * they take milliseconds, a handful while the database is away and each waits for a
 * connection. That is a guess; nobody waits for longer than {@link #LONGEST_WAIT},
 * whatever it was.
 */
@Component
class Admission implements Turns {

	/**
	 * How many connections requests leave to others: the poller, the writer, the watcher,
	 * and workers and health checks, which seldom need one.
	 */
	private static final int LEFT_TO_OTHERS = 4;

	/**
	 * How many of Tomcat's threads never wait: they refuse, and tell that all is well.
	 */
	private static final int THREADS_LEFT = 50;

	/** For every turn: the long ones may be over. */
	private static final int LEAST_WAITING = 2;

	/** With the 2 s that a connection is waited for, an answer still comes within 5 s. */
	private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

	private final int atOnce;

	private final int mostWaiting;

	private final Semaphore turns;

	private final AtomicInteger admitted = new AtomicInteger();

	private final TurnTime turnTime = new TurnTime();

	private final LongSupplier nanoTime;

	private final Counter refused;

	/** Whether the last one to have its turn could not have a connection. */
	private volatile boolean databaseAway;

	@Autowired
	Admission(@Value("${spring.datasource.hikari.maximum-pool-size:10}") int connections,
			@Value("${server.tomcat.threads.max:200}") int threads, MeterRegistry metrics) {
		this(connections, threads, metrics, System::nanoTime);
	}

	Admission(int connections, int threads, MeterRegistry metrics, LongSupplier nanoTime) {
		this.atOnce = Math.max(1, connections - LEFT_TO_OTHERS);
		this.mostWaiting = Math.max(1, threads - THREADS_LEFT - this.atOnce);
		this.turns = new Semaphore(this.atOnce, true);
		this.nanoTime = nanoTime;
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
		return admitWithoutTurn(() -> take(work));
	}

	/**
	 * Does the part of a request that takes a turn itself where it uses the database, or
	 * shares one with others.
	 * @throws ProblemException if there are too many others
	 */
	<T extends @Nullable Object> T admitWithoutTurn(Supplier<T> work) {
		try {
			if (this.admitted.incrementAndGet() > this.atOnce + mayWait()) {
				throw refusal();
			}
			T done = work.get();
			this.databaseAway = false;
			return done;
		}
		catch (TurnRefusedException ex) {
			throw refusal();
		}
		catch (DataAccessResourceFailureException | CannotCreateTransactionException ex) {
			this.databaseAway = true;
			throw ex;
		}
		finally {
			this.admitted.decrementAndGet();
		}
	}

	private long mayWait() {
		return Math.min(this.mostWaiting, this.atOnce * Math.max(LEAST_WAITING, this.turnTime.turnsIn(LONGEST_WAIT)));
	}

	@Override
	public <T extends @Nullable Object> T take(Supplier<T> work) {
		long begun = begin();
		try {
			return work.get();
		}
		finally {
			end(this.nanoTime.getAsLong() - begun);
		}
	}

	// A request among several is worth its part of the time. Where fewer turns than all
	// are for such, each is worth as many more.
	@Override
	public void takeTogether(int turnsAtOnce, IntSupplier work) {
		long begun = begin();
		int requests = 0;
		try {
			requests = work.getAsInt();
		}
		finally {
			long nanos = this.nanoTime.getAsLong() - begun;
			end(nanos / Math.max(1, requests) * this.atOnce / Math.min(turnsAtOnce, this.atOnce));
		}
	}

	private long begin() {
		if (!isTurnWithinWait()) {
			throw new TurnRefusedException();
		}
		return this.nanoTime.getAsLong();
	}

	private void end(long nanos) {
		this.turnTime.took(nanos);
		this.turns.release();
	}

	// While hardly anybody waits, a turn is not kept for the first of them: to wake it
	// takes longer than many a turn.
	private boolean isTurnWithinWait() {
		if (this.admitted.get() <= this.atOnce * (1 + LEAST_WAITING) && this.turns.tryAcquire()) {
			return true;
		}
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
