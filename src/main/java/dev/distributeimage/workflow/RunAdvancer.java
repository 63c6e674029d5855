package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.run.Certainty;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.queue.RunQueue;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.queue.RunWriter;
import dev.distributeimage.run.StepId;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import org.springframework.core.NestedExceptionUtils;
import dev.distributeimage.workflow.pace.Backoff;
import dev.distributeimage.workflow.pace.Throttles;

/**
 * Moves a claimed run on by one call. Calling and storing are two moments: no transaction
 * is open during the call, and no worker waits for the store.
 */
public class RunAdvancer {

	private static final Logger logger = LoggerFactory.getLogger(RunAdvancer.class);

	private final Steps steps;

	private final RunQueue queue;

	private final RunWriter writer;

	private final Backoff backoff;

	private final Throttles throttles;

	private final Timer lateness;

	private final Duration attemptTimeout;

	RunAdvancer(Steps steps, RunQueue queue, RunWriter writer, Backoff backoff, Throttles throttles,
			Duration attemptTimeout, MeterRegistry metrics) {
		this.steps = steps;
		this.queue = queue;
		this.writer = writer;
		this.backoff = backoff;
		this.throttles = throttles;
		this.attemptTimeout = attemptTimeout;
		this.lateness = Timer.builder("distribute.image.lateness")
			.description("How long after they were due runs were taken up")
			.register(metrics);
	}

	/**
	 * What came of a call.
	 *
	 * @param claim the claim whose run was moved on
	 * @param outcome whether AWS answered
	 */
	record Attempt(Claim claim, CallOutcome outcome) {
	}

	/** Makes the run's next call, if there is time for it. Nothing is stored. */
	Optional<Attempt> call(Claim waiting) {
		Claim claim = waiting.begun();
		Run run = claim.run();
		MDC.put("runId", run.id().toString());
		try {
			return Optional.of(new Attempt(claim, attempt(claim)));
		}
		catch (Throwable ex) {
			// An error that every attempt meets must not keep the run from its deadline.
			logger.error("Unexpected failure of run {} at {}", run.id(), run.step(), ex);
			return unforeseen(claim, ex).map((reloaded) -> new Attempt(reloaded, CallOutcome.NOT_CALLED));
		}
		finally {
			MDC.remove("runId");
		}
	}

	/**
	 * Stores what the call has made of the run.
	 * @return the renewed claim of a run that goes on at once, or nothing
	 */
	CompletableFuture<Optional<Claim>> store(Claim claim, RunStatus statusBefore, StepId stepBefore) {
		return this.writer.write(claim).exceptionallyCompose((ex) -> {
			logger.error("The database refuses the outcome of run {} at {}: {}", claim.run().id(), stepBefore,
					NestedExceptionUtils.getMostSpecificCause(ex).getMessage());
			return unforeseen(claim, ex).map(this.writer::write)
				.orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
		}).thenApply((stored) -> {
			stored.ifPresent((renewed) -> log(renewed.run(), statusBefore, stepBefore));
			return stored.filter((renewed) -> renewed.run().goesOnAtOnce());
		});
	}

	private CallOutcome attempt(Claim claim) {
		Run run = claim.run();
		this.lateness.record(claim.lateness());
		if (!claim.hasTimeForACall(this.attemptTimeout)) {
			run.handedBack();
			return CallOutcome.NOT_CALLED;
		}
		if (run.values().isCancelledBeforeBuild()) {
			run.cancelled();
			return CallOutcome.NOT_CALLED;
		}
		if (run.isOverdue(claim.now()) && run.step() != StepId.GET_IMAGE) {
			run.timedOut();
			return CallOutcome.NOT_CALLED;
		}
		Step step = this.steps.of(run.step());
		try {
			step.carryOut(claim);
			this.throttles.called(run.place(), false);
			return CallOutcome.ANSWERED;
		}
		catch (ImageBuilderException ex) {
			if (run.calls().attempts() == 0) {
				logger.warn("Run {}: {} failed: {} {}", run.id(), ex.operation(), ex.code(), ex.message());
			}
			this.throttles.called(run.place(), ex.isThrottled());
			step.failed(claim, ex);
			return ex.isTimeout() ? CallOutcome.TIMED_OUT : CallOutcome.ANSWERED;
		}
	}

	// The run may have been left half changed: it is taken as it is stored, and the
	// failure counted. AWS may have carried out whatever was under way.
	private Optional<Claim> unforeseen(Claim claim, Throwable cause) {
		try {
			Optional<Claim> reloaded = this.queue.reload(claim);
			reloaded.map(Claim::run).ifPresent((run) -> {
				Failure failure = new Failure(run.step(), run.step().operation(), null,
						"Unexpected failure in this service: " + cause.getClass().getSimpleName(), null);
				run.callFailed(failure, claim.unansweredSince(Certainty.UNKNOWN), this.backoff.afterUnforeseen(run),
						claim.now());
			});
			return reloaded;
		}
		catch (RuntimeException ex) {
			logger.warn("Run {} is left to fall due again: {}", claim.run().id(), ex.getMessage());
			return Optional.empty();
		}
	}

	private static void log(Run run, RunStatus statusBefore, StepId stepBefore) {
		if (run.status() != statusBefore || run.step() != stepBefore) {
			logger.info("Run {}: {} {} -> {} {}", run.id(), statusBefore, stepBefore, run.status(), run.step());
		}
	}

}
