package dev.distributeimage.api;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.policy.Policies;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.intake.RetryResult;
import dev.distributeimage.run.intake.RunRetry;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Retries runs that have ended, or says what a retry would do. */
@RestController
class RetryController {

	private final RunRetry retry;

	private final OwnedRuns owned;

	private final RunSnapshots runs;

	private final Policies policies;

	private final RequestLimiter limiter;

	RetryController(RunRetry retry, RunSnapshots runs, OwnedRuns owned, Policies policies, RequestLimiter limiter) {
		this.retry = retry;
		this.runs = runs;
		this.policies = policies;
		this.owned = owned;
		this.limiter = limiter;
	}

	@PostMapping(path = "/v1/runs/{id}/retry", produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<Object> retry(@PathVariable String id, HttpServletRequest request) {
		boolean validateOnly = QueryParameters.of(request, Set.of("validateOnly")).isTrue("validateOnly");
		Caller caller = Caller.of(request);
		return this.limiter.limited(() -> {
			UUID run = this.owned.toChange(id, request);
			requirePolicy(caller, run);
			return response(run, validateOnly ? this.retry.plan(run) : this.retry.request(run, caller));
		});
	}

	// Inputs and creator never change. In open mode, the run need not be read.
	private void requirePolicy(Caller caller, UUID id) {
		if (!caller.equals(Caller.ANONYMOUS)) {
			RunSnapshot run = this.runs.findById(id).orElseThrow(RunPath::notFound);
			this.policies.requireRetry(caller, run.createdBy(), run.inputs());
		}
	}

	private static ResponseEntity<Object> response(UUID run, Optional<RetryResult> answer) {
		RetryResult result = answer.orElseThrow(RunPath::notFound);
		if (result instanceof RetryResult.Refused refused) {
			throw RunResponses.conflict(
					(refused.status() == RunStatus.RUNNING) ? ProblemType.RUN_NOT_ENDED : ProblemType.RUN_SUCCEEDED,
					run, refused.status());
		}
		if (result instanceof RetryResult.OtherAccount other) {
			throw ProblemException.otherAccount(other.account());
		}
		return (result instanceof RetryResult.Retried retried) ? RunResponses.of(HttpStatus.ACCEPTED, retried.run())
				: ResponseEntity.ok(((RetryResult.Planned) result).plan());
	}

}
