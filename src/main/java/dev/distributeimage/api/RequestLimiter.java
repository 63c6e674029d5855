package dev.distributeimage.api;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.wire.RefusedRequests;
import dev.distributeimage.api.wire.ResponseMemory;
import dev.distributeimage.run.postgres.BatchOverdueException;
import dev.distributeimage.run.postgres.DatabaseFailures;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.tomcat.autoconfigure.TomcatServerProperties;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Load shedding: limits how many requests use the database at once, bounds the queue
 * behind them, and rejects the rest. An accepted request is answered soon whatever the
 * load, and the engine always finds a connection.
 */
@Component
public class RequestLimiter {

	/**
	 * Connections that requests leave to others: one each for the poller, the outcome
	 * writer, batch inserts and the watcher, and one for all that need one now and then:
	 * workers, health checks, the audit, removals, retention and metrics.
	 */
	private static final int LEFT_TO_OTHERS = 5;

	/**
	 * Tomcat's threads that never wait: they reject requests and answer health checks.
	 */
	private static final int THREADS_LEFT = 50;

	/**
	 * With the 2 s that the pool waits for a connection, an answer comes within 5 s.
	 */
	private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

	/**
	 * Requests that may read large things at once: they leave connections, and time of
	 * the processors, to the small ones.
	 */
	private static final int LARGE_AT_ONCE = 1;

	private final Semaphore connections;

	private final Semaphore large = new Semaphore(LARGE_AT_ONCE);

	private final Semaphore queueSlots;

	private final RefusedRequests refused;

	private final Duration longestWait;

	/** Whether the last request to use the database could not reach it. */
	private volatile boolean databaseAway;

	@Autowired
	RequestLimiter(DataSource dataSource, ObjectProvider<TomcatServerProperties> tomcat, RefusedRequests refused) {
		this(poolSize(dataSource), tomcat.getIfAvailable(TomcatServerProperties::new).getThreads().getMax(),
				LONGEST_WAIT, refused);
	}

	RequestLimiter(int poolSize, int threads, Duration longestWait, RefusedRequests refused) {
		int atOnce = Math.max(1, poolSize - LEFT_TO_OTHERS);
		this.connections = new Semaphore(atOnce);
		this.queueSlots = new Semaphore(Math.max(1, threads - THREADS_LEFT - atOnce));
		this.longestWait = longestWait;
		this.refused = refused;
	}

	/**
	 * Does the part of a request that uses a connection, after a wait in the queue if
	 * none is free. Not reentrant.
	 * @throws ProblemException if no connection is free in time
	 */
	public <T extends @Nullable Object> T limited(Supplier<T> work) {
		// Barges past the queue: waking a sleeping thread takes longer than most requests
		// use a connection.
		if (!this.connections.tryAcquire() && !isFreeInTime(this.connections)) {
			throw refusal();
		}
		try {
			return observed(work);
		}
		finally {
			this.connections.release();
		}
	}

	/**
	 * Does the part of a request that uses a connection if one is free now; empty if none
	 * is. Not reentrant.
	 */
	<T> Optional<T> limitedIfFree(Supplier<T> work) {
		if (!this.connections.tryAcquire()) {
			return Optional.empty();
		}
		try {
			return Optional.of(observed(work));
		}
		finally {
			this.connections.release();
		}
	}

	/**
	 * Does the part of a request that reads so many bytes.
	 * @throws ProblemException if no connection is free in time
	 */
	<T extends @Nullable Object> T limited(long bytes, Supplier<T> work) {
		if (bytes <= ResponseMemory.SMALL) {
			return limited(work);
		}
		if (!this.large.tryAcquire() && !isFreeInTime(this.large)) {
			throw refusal();
		}
		try {
			return limited(work);
		}
		finally {
			this.large.release();
		}
	}

	/**
	 * Does the part of a request that waits for the database without a connection of its
	 * own: to start a run is to wait for a batch insert.
	 * @throws ProblemException if the queue is full, or the batch overdue
	 */
	<T extends @Nullable Object> T queued(Supplier<T> work) {
		if (!this.queueSlots.tryAcquire()) {
			throw refusal();
		}
		try {
			return observed(work);
		}
		catch (BatchOverdueException ex) {
			throw refusal();
		}
		finally {
			this.queueSlots.release();
		}
	}

	private boolean isFreeInTime(Semaphore permits) {
		if (!this.queueSlots.tryAcquire()) {
			return false;
		}
		try {
			return permits.tryAcquire(this.longestWait.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		finally {
			this.queueSlots.release();
		}
	}

	// Only for work that uses the database: its success shows that the database is there.
	private <T extends @Nullable Object> T observed(Supplier<T> work) {
		try {
			T done = work.get();
			this.databaseAway = false;
			return done;
		}
		catch (DataAccessException | TransactionException ex) {
			if (DatabaseFailures.isUnreachable(ex)) {
				this.databaseAway = true;
			}
			throw ex;
		}
	}

	private ProblemException refusal() {
		return this.databaseAway
				? this.refused.unavailable("The database cannot be reached; the request was not carried out.")
				: this.refused.overloaded("There are too many requests at the moment; this one was not carried out.");
	}

	private static int poolSize(DataSource dataSource) {
		HikariDataSource pool = DataSourceUnwrapper.unwrap(dataSource, HikariDataSource.class);
		return Objects.requireNonNull(pool, "The connection pool must be HikariCP's").getMaximumPoolSize();
	}

}
