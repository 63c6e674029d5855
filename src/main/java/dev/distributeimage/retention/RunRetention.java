package dev.distributeimage.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.distributeimage.retention.RunRemoval.Removed;
import dev.distributeimage.run.postgres.DatabaseFailures;
import dev.distributeimage.workflow.PollerSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/**
 * Removes runs some time after their end: looks at the start and every minute, in
 * replicas that have the poller. Many are removed in portions, with pauses, so that they
 * take a tenth of a processor: a request meets a portion seldom, and waits little for it.
 */
@Component
class RunRetention implements SmartLifecycle, DisposableBean {

	/** The maximum number of runs in a portion. */
	static final int LARGEST_PORTION = 50;

	/** How many times as long as the portion before it a pause is. */
	private static final int PAUSE = 9;

	private static final Duration EVERY = Duration.ofMinutes(1);

	private static final Logger logger = LoggerFactory.getLogger(RunRetention.class);

	private final RunRemoval removal;

	private final Duration keep;

	private final boolean enabled;

	private final Counter deleted;

	private @Nullable ScheduledExecutorService thread;

	private volatile boolean stopping;

	private int portion = LARGEST_PORTION;

	private @Nullable Instant last;

	RunRetention(RunRemoval removal, RetentionSettings settings, PollerSettings poller, MeterRegistry metrics) {
		this.removal = removal;
		this.keep = settings.endedRuns();
		this.enabled = poller.enabled();
		this.deleted = Counter.builder("distribute.image.runs.deleted")
			.description("Runs that were removed some time after their end")
			.register(metrics);
	}

	@Override
	public boolean isAutoStartup() {
		return this.enabled;
	}

	@Override
	public synchronized void start() {
		this.stopping = false;
		ScheduledExecutorService executor = Executors
			.newSingleThreadScheduledExecutor(new CustomizableThreadFactory("run-retention-"));
		var unused = executor.scheduleWithFixedDelay(this::attempt, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
		this.thread = executor;
	}

	// A task that throws would be the last one. The poller tells when the database is
	// away.
	private void attempt() {
		try {
			look();
		}
		catch (Throwable ex) {
			if (!this.stopping && !DatabaseFailures.isUnreachable(ex)) {
				logger.warn("Ended runs could not be removed; it is tried again in a minute", ex);
			}
		}
	}

	/**
	 * Removes the runs that ended long enough ago, unless another replica does.
	 * @throws DataAccessException if some could not be removed
	 */
	void look() {
		int runs = 0;
		boolean more = true;
		while (more && !this.stopping) {
			long begun = System.nanoTime();
			int most = this.portion;
			Removed removed = remove(most);
			runs += (removed != null) ? removed.runs() : 0;
			more = removed == null || removed.isFull(most);
			if (more) {
				LockSupport.parkNanos(PAUSE * (System.nanoTime() - begun));
			}
		}
		if (runs > 0) {
			logger.debug("Removed {} runs that ended more than {} days ago", runs, this.keep.toDays());
		}
	}

	// Runs may have thousands of AMIs. A portion that takes too long is halved; one run
	// never takes that long.
	private @Nullable Removed remove(int most) {
		try {
			Removed removed = this.removal.remove(this.keep.isZero() ? null : this.keep, most, this.last);
			this.portion = Math.min(2 * most, LARGEST_PORTION);
			if (removed.runs() > 0) {
				this.last = removed.tokensKeptUntil();
				this.deleted.increment(removed.runs());
			}
			return removed;
		}
		catch (DataAccessException ex) {
			if (most == 1 || !DatabaseFailures.isStatementTimeout(ex)) {
				throw ex;
			}
			this.portion = most / 2;
			return null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.thread != null && !this.thread.isShutdown();
	}

	/** Stops together with the poller, which has more to do. */
	@Override
	public int getPhase() {
		return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
	}

	@Override
	public synchronized void stop() {
		this.stopping = true;
		if (this.thread != null) {
			this.thread.shutdownNow();
		}
	}

	/** Waits for the statement that is under way, before the connections are closed. */
	@Override
	public synchronized void destroy() throws InterruptedException {
		stop();
		if (this.thread != null) {
			this.thread.awaitTermination(5, TimeUnit.SECONDS);
		}
	}

}
