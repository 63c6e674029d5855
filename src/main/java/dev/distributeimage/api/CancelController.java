package dev.distributeimage.api;

import java.util.Set;
import java.util.UUID;

import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.caller.Requester;
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
public class CancelController {

	private final RunCancellation cancellation;

	private final OwnedRuns owned;

	private final RequestLimiter limiter;

	CancelController(RunCancellation cancellation, OwnedRuns owned, RequestLimiter limiter) {
		this.cancellation = cancellation;
		this.owned = owned;
		this.limiter = limiter;
	}

	/** Cancels a run. */
	@PostMapping(path = "/v1/runs/{id}/cancel", produces = MediaType.APPLICATION_JSON_VALUE)
	public ResponseEntity<Object> cancel(@PathVariable String id, HttpServletRequest request) {
		QueryParameters.of(request, Set.of());
		return this.limiter.limited(() -> cancel(this.owned.toChange(id, request), Requester.of(request)));
	}

	private ResponseEntity<Object> cancel(UUID run, Requester by) {
		CancelResult result = this.cancellation.request(run, by).orElseThrow(RunPath::notFound);
		if (result instanceof CancelResult.Ended ended) {
			throw RunResponses.conflict(ProblemType.RUN_ENDED, run, ended.status());
		}
		return (result instanceof CancelResult.Cancelled cancelled) ? RunResponses.of(HttpStatus.OK, cancelled.run())
				: RunResponses.of(HttpStatus.ACCEPTED, ((CancelResult.Requested) result).run());
	}

}
