package dev.distributeimage.api.watch;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.distributeimage.run.view.RunProgress;
import dev.distributeimage.run.view.RunSnapshots;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Polls the runs that callers of this replica wait for: one thread and one query for all
 * of them, whichever replica changes the runs.
 */
@Component
class RunWatcher implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(RunWatcher.class);

	private final RunSnapshots runs;

	private final List<RunListener> listeners;

	private final WatchSettings settings;

	private @Nullable ScheduledExecutorService ticker;

	private boolean databaseAway;

	RunWatcher(RunSnapshots runs, List<RunListener> listeners, WatchSettings settings) {
		this.runs = runs;
		this.listeners = listeners;
		this.settings = settings;
	}

	@Override
	public synchronized void start() {
		this.listeners.forEach(RunListener::started);
		ScheduledExecutorService executor = Executors
			.newSingleThreadScheduledExecutor(new CustomizableThreadFactory("run-watcher-"));
		long every = this.settings.every().toNanos();
		// A tick never throws: an exception would cancel all later ticks.
		@SuppressWarnings("FutureReturnValueIgnored")
		var unused = executor.scheduleWithFixedDelay(this::tick, every, every, TimeUnit.NANOSECONDS);
		this.ticker = executor;
	}

	void tick() {
		try {
			look();
			this.databaseAway = false;
		}
		catch (DataAccessException | TransactionException ex) {
			if (!this.databaseAway) {
				logger.warn("The database is unavailable; requests that wait for a change keep waiting: {}",
						ex.getMessage());
			}
			this.databaseAway = true;
		}
		catch (Throwable ex) {
			logger.error("The watcher failed and continues at its next tick", ex);
		}
		this.listeners.forEach(RunWatcher::tick);
	}

	private void look() {
		Set<UUID> ids = new HashSet<>();
		this.listeners.forEach((listener) -> ids.addAll(listener.runs()));
		if (!ids.isEmpty()) {
			Map<UUID, RunProgress> found = this.runs.progress(ids.toArray(UUID[]::new))
				.stream()
				.collect(Collectors.toMap(RunProgress::id, Function.identity()));
			this.listeners.forEach((listener) -> listener.progress(ids, found));
		}
	}

	private static void tick(RunListener listener) {
		try {
			listener.tick();
		}
		catch (Throwable ex) {
			logger.error("The watcher failed and continues at its next tick", ex);
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.ticker != null;
	}

	/** Stops before the web server, which waits until all requests are answered. */
	@Override
	public int getPhase() {
		return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
	}

	@Override
	public synchronized void stop() {
		if (this.ticker != null) {
			this.ticker.shutdown();
			this.ticker = null;
		}
		this.listeners.forEach(RunListener::stopped);
	}

}
