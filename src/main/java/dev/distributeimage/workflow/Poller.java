package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Looks for work on a thread of its own, at every tick from the start of the service to
 * its stop, where {@code poller.enabled} is set.
 */
// A look catches all that it throws.
@SuppressWarnings("FutureReturnValueIgnored")
abstract class Poller implements SmartLifecycle {

	/** The maximum wait at shutdown for what is under way. */
	private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(20);

	private static final Logger logger = LoggerFactory.getLogger(Poller.class);

	private final ScheduledExecutorService ticker;

	private final Duration tick;

	private final boolean enabled;

	private volatile boolean running;

	private volatile boolean stopping;

	Poller(ScheduledExecutorService ticker, Duration tick, boolean enabled) {
		this.ticker = ticker;
		this.tick = tick;
		this.enabled = enabled;
	}

	/**
	 * Looks for work. Catches every failure: a scheduled task that throws never runs
	 * again.
	 */
	abstract void look();

	/**
	 * Finishes what looks have begun. No other look begins.
	 * @param end the latest time, by {@link System#nanoTime()}
	 */
	abstract void finish(long end);

	/** Does something on the thread of the looks, unless the service is stopping. */
	final void execute(Runnable task) {
		executeIn(Duration.ZERO, task);
	}

	/** Does something later, unless the service is stopping. */
	final void executeIn(Duration pause, Runnable task) {
		if (!this.running || this.stopping) {
			return;
		}
		try {
			this.ticker.schedule(task, pause.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The service is stopping", ex);
		}
	}

	/** Whether a look is still under way after {@link #stop()} has begun. */
	final boolean isLookUnderWay() {
		return !this.ticker.isTerminated();
	}

	final boolean isStopping() {
		return this.stopping;
	}

	@Override
	public boolean isAutoStartup() {
		return this.enabled;
	}

	@Override
	public void start() {
		this.running = true;
		this.stopping = false;
		this.ticker.scheduleWithFixedDelay(this::look, 0, this.tick.toNanos(), TimeUnit.NANOSECONDS);
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** Stops together with the web server, so both have the full time. */
	@Override
	public int getPhase() {
		return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
	}

	@Override
	public void stop() {
		long end = System.nanoTime() + SHUTDOWN_TIMEOUT.toNanos();
		this.stopping = true;
		this.ticker.shutdown();
		try {
			this.ticker.awaitTermination(SHUTDOWN_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finish(end);
		this.running = false;
	}

	@Override
	public void stop(Runnable callback) {
		Thread thread = new Thread(() -> {
			try {
				stop();
			}
			finally {
				callback.run();
			}
		}, "poller-stop");
		thread.start();
	}

}
