package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunValues;
import dev.distributeimage.run.intake.RunDue;
import dev.distributeimage.run.postgres.DatabaseFailures;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.RunQueue;
import dev.distributeimage.workflow.RunAdvancer.RunAttempt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Claims due runs and hands them to the workers.
 * <p>
 * A claim is made at every tick, when a run becomes due at once, and, while more runs may
 * be due, when a worker has nothing to do or less than half a batch waits. A worker
 * carries out one step and is free again; the writer stores the outcome. A run that
 * continues at once goes before the others of its kind. A claim that waits too long for a
 * worker is handed back.
 */
// Every future here ends with a callback.
@SuppressWarnings("FutureReturnValueIgnored")
class RunPoller extends Poller {

	private static final Logger logger = LoggerFactory.getLogger(RunPoller.class);

	private final RunAdvancer advancer;

	private final PollerSettings settings;

	private final Executor workers;

	private final ClaimQueue claims;

	private final Claimer claimer;

	private final Pulse pulse;

	/** Claims that are not yet stored or dropped. */
	private final AtomicInteger openClaims = new AtomicInteger();

	private final AtomicBoolean tickRequested = new AtomicBoolean();

	/** Whether the next tick must read the low-water marks. */
	private final AtomicBoolean refreshWanted = new AtomicBoolean();

	/** Whether a tick is scheduled for the next try of a Region that may hang. */
	private final AtomicBoolean tryScheduled = new AtomicBoolean();

	private boolean databaseAway;

	RunPoller(RunQueue queue, RunAdvancer advancer, PollerSettings settings, ClaimQueue claims, Pulse pulse,
			ScheduledExecutorService ticker, Executor workers) {
		super(ticker, settings.tick(), settings.enabled());
		this.pulse = pulse;
		this.claimer = new Claimer(queue, settings, claims);
		this.advancer = advancer;
		this.settings = settings;
		this.workers = workers;
		this.claims = claims;
	}

	@Override
	public void start() {
		this.pulse.beats(Duration.ZERO, true);
		super.start();
	}

	/** Scans for due runs now instead of at the next tick. */
	void wake() {
		this.refreshWanted.set(true);
		requestTick();
	}

	private void requestTick() {
		if (this.tickRequested.compareAndSet(false, true)) {
			execute(this::runTick);
		}
	}

	@EventListener
	void on(RunDue due) {
		wake();
	}

	@Override
	void look() {
		tick();
	}

	/**
	 * Hands back claims that have waited too long, claims due runs and starts the
	 * workers. Runs on one thread only.
	 * @return the number of claimed runs
	 */
	int tick() {
		this.refreshWanted.set(true);
		return runTick();
	}

	// A claim that continues where the last one stopped needs no new marks.
	private int runTick() {
		this.tickRequested.set(false);
		boolean refresh = this.refreshWanted.getAndSet(false);
		try {
			this.claims.removeOlderThan(this.settings.claimFor().dividedBy(4)).forEach(this::handBack);
			if (refresh) {
				this.claimer.look(this.pulse);
				databaseIsBack();
				this.advancer.forgetAllBut(this.claimer.regions());
			}
			return (refresh && !this.claimer.anyDue()) ? 0 : claim();
		}
		catch (Throwable ex) {
			// Every failure is caught: a scheduled task that throws never runs again.
			if (ex instanceof DataAccessResourceFailureException || DatabaseFailures.isTransient(ex)) {
				databaseIsAway(ex);
			}
			else {
				logger.error("The poller failed; it continues at the next tick", ex);
			}
		}
		return 0;
	}

	private int claim() {
		if (isStopping()) {
			return 0;
		}
		int claimed = add(this.claimer.toLearn());
		if (claimed > 0) {
			startWorkers();
		}
		claimed += add(this.claimer.aheadBeforePolls());
		claimed += add(this.claimer.ahead());
		databaseIsBack();
		startWorkers();
		scheduleNextTry();
		return claimed;
	}

	private int add(List<Claim> claimed) {
		this.openClaims.addAndGet(claimed.size());
		claimed.forEach(this.claims::add);
		return claimed.size();
	}

	// The next tick may be too late for the next try.
	private void scheduleNextTry() {
		Duration pause = this.claims.untilNextTry();
		if (isRunning() && this.claimer.hasLeftDueRuns() && !pause.isZero() && pause.compareTo(this.settings.tick()) < 0
				&& this.tryScheduled.compareAndSet(false, true)) {
			executeIn(pause, () -> {
				this.tryScheduled.set(false);
				requestTick();
			});
		}
	}

	private void startWorkers() {
		for (Claim claim = this.claims.poll(); claim != null; claim = this.claims.poll()) {
			Claim next = claim;
			this.workers.execute(() -> work(next));
		}
	}

	// A worker takes the next claim itself: waking another thread takes longer than
	// handing over an outcome.
	private void work(Claim first) {
		for (Claim claim = first; claim != null; claim = this.claims.poll()) {
			advance(claim);
		}
	}

	private void advance(Claim claim) {
		Run run = claim.run();
		RunValues before = run.values();
		Optional<RunAttempt> attempt = Optional.empty();
		boolean idle;
		try {
			attempt = this.advancer.call(claim);
		}
		finally {
			idle = this.claims.finished(run.place().region(),
					attempt.map(RunAttempt::outcome).orElse(CallOutcome.NOT_CALLED));
			if (attempt.isEmpty()) {
				this.openClaims.decrementAndGet();
			}
		}
		attempt.ifPresent((made) -> this.advancer.store(made.claim(), before).whenComplete((renewed, ex) -> {
			made.afterStore().run();
			stored(renewed);
		}));
		if (this.claimer.hasLeftDueRuns() && (idle || isRunningOut())) {
			requestTick();
		}
	}

	// Claims ahead, so that no worker waits for the claim statement.
	private boolean isRunningOut() {
		return this.claims.waiting() < this.settings.batchSize() / 2;
	}

	private void stored(Optional<Claim> renewed) {
		if (renewed == null || renewed.isEmpty()) {
			this.openClaims.decrementAndGet();
		}
		else if (isStopping()) {
			handBack(renewed.get());
		}
		else {
			this.claims.addFirst(renewed.get());
			startWorkers();
		}
	}

	private void handBack(Claim claim) {
		Run run = claim.run();
		run.handedBack();
		this.advancer.store(claim, run.values()).whenComplete((done, ex) -> this.openClaims.decrementAndGet());
	}

	private void databaseIsAway(Throwable ex) {
		if (!this.databaseAway) {
			logger.warn("The database is away; the poller continues when it is back: {}", ex.getMessage());
		}
		this.databaseAway = true;
	}

	private void databaseIsBack() {
		if (this.databaseAway) {
			logger.info("The database is back");
		}
		this.databaseAway = false;
	}

	// Waits for calls in progress and for outcomes that are not stored yet. The last look
	// may have claimed runs.
	@Override
	void finish(long end) {
		this.claims.removeOlderThan(Duration.ZERO).forEach(this::handBack);
		while (this.openClaims.get() > 0 && System.nanoTime() < end) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
		}
		if (this.openClaims.get() > 0) {
			logger.warn("{} runs are unfinished; they fall due again when their leases expire", this.openClaims.get());
		}
	}

}
