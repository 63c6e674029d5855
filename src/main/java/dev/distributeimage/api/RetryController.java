package dev.distributeimage.api;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.audit.AuditEvent;
import dev.distributeimage.audit.AuditTrail;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Requester;
import dev.distributeimage.policy.Policies;
import dev.distributeimage.run.RetryPlan;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.intake.RetryResult;
import dev.distributeimage.run.intake.RunRetry;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Retries runs that have ended, or says what a retry would do. */
@RestController
public class RetryController {

	private final RunRetry retry;

	private final OwnedRuns owned;

	private final RunSnapshots runs;

	private final Policies policies;

	private final RunLimits limits;

	private final RequestLimiter limiter;

	private final AuditTrail audit;

	RetryController(RunRetry retry, RunSnapshots runs, OwnedRuns owned, Policies policies, RunLimits limits,
			RequestLimiter limiter, AuditTrail audit) {
		this.retry = retry;
		this.runs = runs;
		this.policies = policies;
		this.owned = owned;
		this.limits = limits;
		this.limiter = limiter;
		this.audit = audit;
	}

	/** Retries a run, or says what a retry would do. */
	@PostMapping(path = "/v1/runs/{id}/retry", produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<Object> retry(@PathVariable String id, HttpServletRequest request, HttpServletResponse response) {
		boolean validateOnly = QueryParameters.of(request, Set.of("validateOnly")).isTrue("validateOnly");
		return validateOnly ? ResponseEntity.ok(plan(id, request, response)) : retried(id, request);
	}

	/** Responds as {@code POST /v1/runs/{id}/retry?validateOnly=true} does. */
	@PostMapping(path = "/v1/runs/{id}/retry/validate", produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<Object> validate(@PathVariable String id, HttpServletRequest request, HttpServletResponse response) {
		QueryParameters.of(request, Set.of());
		return ResponseEntity.ok(plan(id, request, response));
	}

	/**
	 * Retries a run.
	 * @throws ProblemException if the run cannot be retried, or not by this caller
	 */
	public ResponseEntity<Object> retried(String id, HttpServletRequest request) {
		return this.limiter.limited(() -> {
			UUID run = this.owned.toChange(id, request);
			Integer mostInFlight = requirePolicy(Caller.of(request), run);
			RetryResult.Retried retried = (RetryResult.Retried) accepted(run,
					this.retry.request(run, Requester.of(request), mostInFlight));
			return RunResponses.of(HttpStatus.ACCEPTED, retried.run());
		});
	}

	/**
	 * Tells what a retry of a run would do. Nothing is changed, and a validation is
	 * counted.
	 * @throws ProblemException if the run cannot be retried, or not by this caller, or if
	 * there were too many validations
	 */
	public RetryPlan plan(String id, HttpServletRequest request, HttpServletResponse response) {
		this.limits.validation(Caller.of(request), response);
		return this.limiter.limited(() -> {
			UUID run = this.owned.toChange(id, request);
			requirePolicy(Caller.of(request), run);
			RetryPlan plan = ((RetryResult.Planned) accepted(run, this.retry.plan(run))).plan();
			this.audit.note(AuditEvent.validated(Requester.of(request), run));
			return plan;
		});
	}

	// Inputs and creator never change. In open mode, the run need not be read.
	private @Nullable Integer requirePolicy(Caller caller, UUID id) {
		if (caller.equals(Caller.ANONYMOUS)) {
			return null;
		}
		RunSnapshot run = this.runs.findById(id).orElseThrow(RunPath::notFound);
		this.policies.requireRetry(caller, run.createdBy(), run.inputs());
		return this.policies.limitsOf(run.createdBy()).runsInFlight();
	}

	private RetryResult accepted(UUID run, Optional<RetryResult> answer) {
		RetryResult result = answer.orElseThrow(RunPath::notFound);
		if (result instanceof RetryResult.Refused refused) {
			throw RunResponses.conflict(
					(refused.status() == RunStatus.RUNNING) ? ProblemType.RUN_NOT_ENDED : ProblemType.RUN_SUCCEEDED,
					run, refused.status());
		}
		if (result instanceof RetryResult.LimitReached) {
			throw this.limits.runsInFlightExceeded();
		}
		if (result instanceof RetryResult.RemovalUnderWay) {
			throw new ProblemException(ProblemType.REMOVAL_UNDER_WAY,
					"The distribution configuration of the run %s is being removed.".formatted(RunPath.of(run)),
					Map.of("run", RunPath.of(run)));
		}
		if (result instanceof RetryResult.TooManyRetries retried) {
			throw new ProblemException(ProblemType.TOO_MANY_RETRIES,
					"The run %s was retried %d times.".formatted(RunPath.of(run), retried.most()),
					Map.of("run", RunPath.of(run)));
		}
		if (result instanceof RetryResult.OtherAccount) {
			throw StartRequests.otherAccount(this.runs.findById(run).orElseThrow(RunPath::notFound).inputs());
		}
		return result;
	}

}
