package dev.distributeimage.api;

import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.watch.WaitPreference;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.Warning;
import dev.distributeimage.run.view.RunSnapshot;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/**
 * The responses to requests for one run: its representation, with the headers that go
 * with it.
 */
final class RunResponses {

	private RunResponses() {
	}

	static ResponseEntity<Object> of(HttpStatus status, RunSnapshot run) {
		return of(status, run, List.of());
	}

	/**
	 * The response to a request about which there is more to say.
	 * @param more warnings that are not stored with the run
	 */
	static ResponseEntity<Object> of(HttpStatus status, RunSnapshot run, List<Warning> more) {
		return builder(status, run).body(RunView.of(run, more));
	}

	/** The response to a caller that preferred to wait. */
	static ResponseEntity<Object> afterWait(WaitedResponse response, RunSnapshot run) {
		return builder(response.status(), run).header(WaitPreference.APPLIED, WaitPreference.applied(response.waited()))
			.body(RunView.of(run, response.more()));
	}

	private static ResponseEntity.BodyBuilder builder(HttpStatus status, RunSnapshot run) {
		ResponseEntity.BodyBuilder response = ResponseEntity.status(status).eTag("W/\"" + run.lastEvent() + "\"");
		RetryAfter.of(run).ifPresent((seconds) -> response.header(HttpHeaders.RETRY_AFTER, seconds));
		if (status == HttpStatus.ACCEPTED) {
			response.header(HttpHeaders.LOCATION, RunPath.of(run.id()));
		}
		return response;
	}

	/** The problem of a request that the status of a run rules out. */
	static ProblemException conflict(ProblemType type, UUID run, RunStatus status) {
		return new ProblemException(type, "The run %s is %s.".formatted(RunPath.of(run), status),
				Map.of("run", RunPath.of(run), "runStatus", status));
	}

}
