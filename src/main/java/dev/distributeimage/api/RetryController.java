package dev.distributeimage.api;

import java.util.Set;
import java.util.UUID;

import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.intake.RetryResult;
import dev.distributeimage.run.intake.RunRetry;
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

	private final RunSnapshots runs;

	private final RequestLimiter limiter;

	RetryController(RunRetry retry, RunSnapshots runs, RequestLimiter limiter) {
		this.retry = retry;
		this.runs = runs;
		this.limiter = limiter;
	}

	@PostMapping(path = "/v1/runs/{id}/retry", produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<Object> retry(@PathVariable String id, HttpServletRequest request) {
		boolean validateOnly = QueryParameters.of(request, Set.of("validateOnly")).isTrue("validateOnly");
		return this.limiter.limited(() -> {
			RunResponses.requireMemory(request, this.runs.weight(RunPath.id(id)));
			return retry(RunPath.id(id), validateOnly);
		});
	}

	private ResponseEntity<Object> retry(UUID run, boolean validateOnly) {
		RetryResult result = (validateOnly ? this.retry.plan(run) : this.retry.request(run))
			.orElseThrow(RunPath::notFound);
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
