package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.imagebuilder.LargeResponses;
import dev.distributeimage.run.Calls;
import dev.distributeimage.run.Certainty;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.RunValues;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.RunQueue;
import dev.distributeimage.run.queue.RunWriter;
import dev.distributeimage.trace.Traces;
import dev.distributeimage.workflow.pace.Backoff;
import dev.distributeimage.workflow.pace.Throttles;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import org.springframework.core.NestedExceptionUtils;

/**
 * Moves a claimed run on by one call. The call and the store are separate: no transaction
 * is open during the call, and no worker waits for the store.
 */
class RunAdvancer {

	/** A removal takes two calls, and some minutes if one of them is not answered. */
	private static final Duration PAUSE_WHILE_NAME_IS_FREED = Duration.ofSeconds(5);

	private static final Logger logger = LoggerFactory.getLogger(RunAdvancer.class);

	private final Steps steps;

	private final RunQueue queue;

	private final RunWriter writer;

	private final Backoff backoff;

	private final Throttles throttles;

	private final RunMetrics metrics;

	private final LargeResponses large;

	private final Duration attemptTimeout;

	private final Traces traces;

	RunAdvancer(Steps steps, RunQueue queue, RunWriter writer, Backoff backoff, Throttles throttles,
			LargeResponses large, Duration attemptTimeout, MeterRegistry metrics, Traces traces) {
		this.steps = steps;
		this.large = large;
		this.queue = queue;
		this.writer = writer;
		this.backoff = backoff;
		this.throttles = throttles;
		this.attemptTimeout = attemptTimeout;
		this.metrics = new RunMetrics(metrics);
		this.traces = traces;
	}

	/**
	 * The result of a call.
	 *
	 * @param claim the claim whose run was moved on
	 * @param outcome what became of the call, for the Region's health
	 * @param afterStore to be run when the outcome is stored or dropped: until then, a
	 * large response is in memory
	 */
	record RunAttempt(Claim claim, CallOutcome outcome, Runnable afterStore) {
	}

	/** Makes the run's next call, if the lease leaves time for it. Stores nothing. */
	Optional<RunAttempt> call(Claim waiting) {
		Claim claim = waiting.begun();
		Run run = claim.run();
		MDC.put("runId", run.id().toString());
		this.large.hold();
		try {
			CallOutcome outcome = this.traces.within(claim.origin().traceParent(), run.id(), () -> attempt(claim));
			return Optional.of(new RunAttempt(claim, outcome, this.large.handOver()));
		}
		catch (Throwable ex) {
			// An error that recurs on every attempt must not keep the run from its
			// deadline.
			logger.error("Unexpected failure of run {} at {}", run.id(), run.step(), ex);
			this.large.handOver().run();
			return failedUnexpectedly(claim, ex)
				.map((reloaded) -> new RunAttempt(reloaded, CallOutcome.NOT_CALLED, () -> {
				}));
		}
		finally {
			MDC.remove("runId");
		}
	}

	/**
	 * Stores the outcome of the call.
	 * @param before the run when the worker began
	 * @return the renewed claim of a run that continues at once, or empty
	 */
	CompletableFuture<Optional<Claim>> store(Claim claim, RunValues before) {
		return this.writer.write(claim).exceptionallyCompose((ex) -> {
			logger.error("The database refused the outcome of run {} at {}: {}", claim.run().id(),
					before.progress().step(), NestedExceptionUtils.getMostSpecificCause(ex).getMessage());
			return failedUnexpectedly(claim, ex).map(this.writer::write)
				.orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
		}).thenApply((stored) -> {
			stored.ifPresent((renewed) -> {
				this.metrics.stored(renewed.run(), before, claim.lease().times(), renewed.lease());
				StateChange.of(renewed, before.progress()).ifPresent((change) -> change.tell(this.traces));
			});
			return stored.filter((renewed) -> renewed.run().goesOnAtOnce());
		});
	}

	/** Forgets how all Regions but these have throttled. */
	void forgetAllBut(Set<String> regions) {
		this.throttles.forgetAllBut(regions);
	}

	private CallOutcome attempt(Claim claim) {
		Run run = claim.run();
		this.metrics.begun(claim.lateness());
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
		if (claim.nameIsBeingFreed()) {
			run.nameAwaited(PAUSE_WHILE_NAME_IS_FREED, claim.now());
			return CallOutcome.NOT_CALLED;
		}
		Step step = this.steps.of(run.step());
		try {
			step.carryOut(claim);
			this.throttles.succeeded(run.place());
			return CallOutcome.ANSWERED;
		}
		catch (ImageBuilderException ex) {
			if (isNews(run.calls(), ex)) {
				Step.warn(logger, run, ex);
			}
			this.throttles.failed(run.place(), ex);
			step.failed(claim, ex);
			return outcome(ex);
		}
	}

	private static CallOutcome outcome(ImageBuilderException ex) {
		if (ex.isStsUnanswered()) {
			return CallOutcome.STS_UNANSWERED;
		}
		return ex.isTimeout() ? CallOutcome.TIMED_OUT : CallOutcome.ANSWERED;
	}

	private static boolean isNews(Calls before, ImageBuilderException ex) {
		return before.attempts() == 0 || before.last() == null || !Objects.equals(before.last().code(), ex.code());
	}

	// The run may be half changed, so it is reloaded and the failure counted. AWS may
	// have carried out the call that was in progress.
	private Optional<Claim> failedUnexpectedly(Claim claim, Throwable cause) {
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
			logger.warn("Run {} falls due again when its lease expires: {}", claim.run().id(), ex.getMessage());
			return Optional.empty();
		}
	}

}
