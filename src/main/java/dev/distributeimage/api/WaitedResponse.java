package dev.distributeimage.api;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.watch.RunWaits;
import dev.distributeimage.run.Warning;
import dev.distributeimage.run.view.RunSnapshot;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/**
 * The response to a caller that preferred to wait.
 *
 * @param status the status if the run can be shown
 * @param more warnings that are not stored with the run
 * @param waited the wait that was applied
 */
record WaitedResponse(HttpStatus status, UUID run, List<Warning> more,
		Duration waited) implements RunWaits.WaitResponse {

	@Override
	public ResponseEntity<Object> of(RunSnapshot snapshot) {
		return RunResponses.afterWait(this, snapshot);
	}

	// Most failures say that the request was not carried out, but the run has been
	// started.
	@Override
	public RuntimeException failed(RuntimeException cause) {
		return (this.status != HttpStatus.ACCEPTED) ? cause
				: new ProblemException(ProblemType.OUTCOME_UNKNOWN,
						"The run was started, but cannot be shown at the moment. Get it later: %s."
							.formatted(RunPath.of(this.run)),
						cause);
	}

}
