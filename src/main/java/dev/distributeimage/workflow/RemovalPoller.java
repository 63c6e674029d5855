package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;

import dev.distributeimage.run.RemovalFailure;
import dev.distributeimage.run.intake.Cleanup;
import dev.distributeimage.run.intake.RemovalDue;
import dev.distributeimage.run.postgres.DatabaseFailures;
import dev.distributeimage.run.queue.RemovalClaim;
import dev.distributeimage.run.queue.RemovalOutcome;
import dev.distributeimage.run.queue.RemovalOutcome.Postponed;
import dev.distributeimage.run.queue.RemovalOutcome.Removed;
import dev.distributeimage.run.queue.RemovalQueue;
import dev.distributeimage.workflow.ConfigurationRemoval.RemovalAttempt;
import dev.distributeimage.workflow.pace.CallBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import org.springframework.context.event.EventListener;

/**
 * Claims due removals and carries them out, one after the other, on a thread of its own:
 * nobody waits for them, and a Region that hangs holds up none of the workers.
 */
class RemovalPoller extends Poller {

	private static final Duration PAUSE_WITHOUT_BUDGET = Duration.ofSeconds(1);

	private static final Duration PAUSE_AFTER_FAULT = Duration.ofMinutes(1);

	private static final Logger logger = LoggerFactory.getLogger(RemovalPoller.class);

	private final RemovalQueue removals;

	private final ConfigurationRemoval removal;

	private final Cleanup cleanup;

	private final CallBudget budget;

	private final PollerSettings settings;

	RemovalPoller(RemovalQueue removals, ConfigurationRemoval removal, Cleanup cleanup, CallBudget budget,
			PollerSettings settings, ScheduledExecutorService ticker, Duration tick) {
		super(ticker, tick, settings.enabled());
		this.removals = removals;
		this.removal = removal;
		this.cleanup = cleanup;
		this.budget = budget;
		this.settings = settings;
	}

	@EventListener
	void on(RemovalDue due) {
		execute(this::look);
	}

	@Override
	void look() {
		try {
			this.cleanup.requestDue();
			carryOutDue();
		}
		catch (Throwable ex) {
			if (DatabaseFailures.isTransient(ex)) {
				logger.debug("Removals wait for the database", ex);
			}
			else {
				logger.error("Removals failed; they continue at the next tick", ex);
			}
		}
	}

	/**
	 * Carries out what is due. A Region that does not answer is left alone until the next
	 * time.
	 * @return the number of attempts
	 */
	int carryOutDue() {
		int attempts = 0;
		Set<String> hanging = new HashSet<>();
		while (!isStopping()) {
			Optional<RemovalClaim> claim = this.removals.claim(this.settings.claimFor(), hanging);
			if (claim.isEmpty()) {
				return attempts;
			}
			attempts++;
			if (carryOut(claim.get())) {
				hanging.add(claim.get().place().region());
			}
		}
		return attempts;
	}

	/** Returns whether the Region may hang. */
	private boolean carryOut(RemovalClaim claim) {
		MDC.put("runId", claim.run().toString());
		try {
			RemovalAttempt attempt = attempt(claim);
			boolean ended = this.removals.write(claim, attempt.outcome());
			if (ended) {
				logger.info("The distribution configuration {} of run {} {}", claim.arn(), claim.run(),
						(attempt.outcome() instanceof Removed) ? "is removed" : "stays: its removal was given up");
			}
			return attempt.timedOut();
		}
		finally {
			MDC.remove("runId");
		}
	}

	// AWS may have carried out the call in progress.
	private RemovalAttempt attempt(RemovalClaim claim) {
		if (!this.budget.tryAcquire(claim.place())) {
			return new RemovalAttempt(new Postponed(null, false, PAUSE_WITHOUT_BUDGET));
		}
		try {
			return this.removal.attempt(claim);
		}
		catch (RuntimeException ex) {
			if (DatabaseFailures.isTransient(ex)) {
				throw ex;
			}
			logger.error("Unexpected failure of the removal of {}", claim.arn(), ex);
			RemovalOutcome later = new Postponed(
					RemovalFailure.of("Unexpected failure in this service: " + ex.getClass().getSimpleName()), true,
					PAUSE_AFTER_FAULT);
			return new RemovalAttempt(later);
		}
	}

	@Override
	void finish(long end) {
		if (isLookUnderWay()) {
			logger.warn("A removal is unfinished; it falls due again when its lease expires");
		}
	}

}
