package dev.distributeimage.api;

import java.util.Set;
import java.util.UUID;

import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.run.intake.CancelResult;
import dev.distributeimage.run.intake.RunCancellation;
import dev.distributeimage.run.view.RunSnapshots;
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

	private final RunSnapshots runs;

	private final RequestLimiter limiter;

	CancelController(RunCancellation cancellation, RunSnapshots runs, RequestLimiter limiter) {
		this.cancellation = cancellation;
		this.runs = runs;
		this.limiter = limiter;
	}

	@PostMapping(path = "/v1/runs/{id}/cancel", produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<Object> cancel(@PathVariable String id, HttpServletRequest request) {
		QueryParameters.of(request, Set.of());
		return this.limiter.limited(() -> {
			RunResponses.requireMemory(request, this.runs.weight(RunPath.id(id)));
			return cancel(RunPath.id(id));
		});
	}

	private ResponseEntity<Object> cancel(UUID run) {
		CancelResult result = this.cancellation.request(run).orElseThrow(RunPath::notFound);
		if (result instanceof CancelResult.Ended ended) {
			throw RunResponses.conflict(ProblemType.RUN_ENDED, run, ended.status());
		}
		return (result instanceof CancelResult.Cancelled cancelled) ? RunResponses.of(HttpStatus.OK, cancelled.run())
				: RunResponses.of(HttpStatus.ACCEPTED, ((CancelResult.Requested) result).run());
	}

}
