package dev.distributeimage.api;

import java.util.Set;
import java.util.UUID;

import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.run.intake.CancelResult;
import dev.distributeimage.run.intake.RunCancellation;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Cancels runs. */
@RestController
class CancelController {

	private final RunCancellation cancellation;

	private final OwnedRuns owned;

	private final RequestLimiter limiter;

	CancelController(RunCancellation cancellation, OwnedRuns owned, RequestLimiter limiter) {
		this.cancellation = cancellation;
		this.owned = owned;
		this.limiter = limiter;
	}

	@PostMapping(path = "/v1/runs/{id}/cancel", produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<Object> cancel(@PathVariable String id, HttpServletRequest request) {
		QueryParameters.of(request, Set.of());
		Caller caller = Caller.of(request);
		return this.limiter.limited(() -> cancel(this.owned.toChange(id, request), caller));
	}

	private ResponseEntity<Object> cancel(UUID run, Caller caller) {
		CancelResult result = this.cancellation.request(run, caller).orElseThrow(RunPath::notFound);
		if (result instanceof CancelResult.Ended ended) {
			throw RunResponses.conflict(ProblemType.RUN_ENDED, run, ended.status());
		}
		return (result instanceof CancelResult.Cancelled cancelled) ? RunResponses.of(HttpStatus.OK, cancelled.run())
				: RunResponses.of(HttpStatus.ACCEPTED, ((CancelResult.Requested) result).run());
	}

}
