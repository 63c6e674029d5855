package dev.distributeimage.api;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;

import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.intake.RunCancellation;
import dev.distributeimage.run.intake.CancelResult;
import dev.distributeimage.run.intake.RetryResult;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.RunRetry;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.api.contract.StartRun;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;

/**
 * Starts runs, shows, cancels and retries them. Media types are part of the mappings, so
 * that a request is refused before it has done anything.
 */
@RestController
@RequestMapping(path = "/v1/runs", produces = MediaType.APPLICATION_JSON_VALUE)
class RunController {

	// UUID.fromString takes 1-1-1-1-1 as well.
	private static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

	private final StartRun startRun;

	private final RunStarts intake;

	private final RunSnapshots runs;

	private final RunCancellation cancellation;

	private final RunRetry retry;

	private final RetryAfter retryAfter;

	private final RequestLimiter limiter;

	private final BodyMemory bodies;

	RunController(StartRun startRun, RunStarts intake, RunSnapshots runs, RunCancellation cancellation, RunRetry retry,
			RetryAfter retryAfter, RequestLimiter limiter, BodyMemory bodies) {
		this.startRun = startRun;
		this.intake = intake;
		this.runs = runs;
		this.cancellation = cancellation;
		this.retry = retry;
		this.retryAfter = retryAfter;
		this.limiter = limiter;
		this.bodies = bodies;
	}

	@PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<Object> start(HttpServletRequest request) {
		boolean validateOnly = QueryParameters.of(request, Set.of("validateOnly")).isTrue("validateOnly");
		return this.bodies.read(request, (body) -> {
			NewRun asked = this.startRun.checked(body);
			return validateOnly ? ResponseEntity.ok(Map.of("valid", true)) : start(asked);
		});
	}

	private ResponseEntity<Object> start(NewRun asked) {
		StartResult result = this.limiter.queued(() -> started(asked));
		if (result instanceof StartResult.TokenReused reused) {
			throw tokenReused(reused.run());
		}
		return (result instanceof StartResult.Started started) ? answer(HttpStatus.ACCEPTED, started.run())
				: this.limiter.limited(() -> answer(HttpStatus.OK, known((StartResult.Known) result)));
	}

	private RunSnapshot known(StartResult.Known result) {
		return this.runs.findById(result.run()).orElseThrow(RunController::notFound);
	}

	@GetMapping("/{id}")
	ResponseEntity<Object> get(@PathVariable String id, HttpServletRequest request) {
		QueryParameters.of(request, Set.of());
		return this.limiter.limited(() -> answer(HttpStatus.OK, found(id)));
	}

	@PostMapping("/{id}/cancel")
	ResponseEntity<Object> cancel(@PathVariable String id, HttpServletRequest request) {
		QueryParameters.of(request, Set.of());
		return this.limiter.limited(() -> cancel(id));
	}

	private ResponseEntity<Object> cancel(String id) {
		CancelResult result = byId(id, this.cancellation::request);
		if (result instanceof CancelResult.Ended ended) {
			throw conflict(ProblemType.RUN_ENDED, UUID.fromString(id), ended.status());
		}
		return (result instanceof CancelResult.Cancelled cancelled) ? answer(HttpStatus.OK, cancelled.run())
				: answer(HttpStatus.ACCEPTED, ((CancelResult.Requested) result).run());
	}

	@PostMapping("/{id}/retry")
	ResponseEntity<Object> retry(@PathVariable String id, HttpServletRequest request) {
		boolean validateOnly = QueryParameters.of(request, Set.of("validateOnly")).isTrue("validateOnly");
		return this.limiter.limited(() -> retry(id, validateOnly));
	}

	private ResponseEntity<Object> retry(String id, boolean validateOnly) {
		RetryResult result = byId(id, validateOnly ? this.retry::plan : this.retry::request);
		if (result instanceof RetryResult.Refused refused) {
			throw conflict(
					(refused.status() == RunStatus.RUNNING) ? ProblemType.RUN_NOT_ENDED : ProblemType.RUN_SUCCEEDED,
					UUID.fromString(id), refused.status());
		}
		return (result instanceof RetryResult.Retried retried) ? answer(HttpStatus.ACCEPTED, retried.run())
				: ResponseEntity.ok(((RetryResult.Planned) result).plan());
	}

	private StartResult started(NewRun asked) {
		try {
			return this.intake.start(asked);
		}
		catch (OutcomeUnknownException ex) {
			String repeat = (asked.clientToken() != null)
					? "The request has a clientToken: repeat it as it was, and no run is started twice."
					: "The request has no clientToken: to repeat it may start a second run.";
			throw new ProblemException(ProblemType.OUTCOME_UNKNOWN,
					"The database went away in the middle of the request. " + repeat, ex);
		}
	}

	RunSnapshot found(String id) {
		return byId(id, this.runs::findById);
	}

	private static <T> T byId(String id, Function<UUID, Optional<T>> find) {
		return Optional.of(id)
			.filter((text) -> UUID_FORM.matcher(text).matches())
			.map(UUID::fromString)
			.flatMap(find)
			.orElseThrow(RunController::notFound);
	}

	private static ProblemException notFound() {
		return new ProblemException(ProblemType.NOT_FOUND, "There is no run of this id.");
	}

	private static ProblemException conflict(ProblemType type, UUID run, RunStatus status) {
		return new ProblemException(type, "The run %s is %s.".formatted(path(run), status),
				Map.of("run", path(run), "runStatus", status));
	}

	ResponseEntity<Object> answer(HttpStatus status, RunSnapshot run) {
		HttpHeaders headers = new HttpHeaders();
		this.retryAfter.of(run).ifPresent((seconds) -> headers.set(HttpHeaders.RETRY_AFTER, seconds));
		if (status == HttpStatus.ACCEPTED) {
			headers.set(HttpHeaders.LOCATION, path(run.id()));
		}
		return ResponseEntity.status(status)
			.headers(headers)
			.eTag("W/\"" + run.lastEvent() + "\"")
			.body(RunView.of(run));
	}

	private static ProblemException tokenReused(UUID run) {
		return new ProblemException(ProblemType.CLIENT_TOKEN_REUSED,
				"The client token belongs to the run %s, which has other inputs.".formatted(path(run)),
				Map.of("run", path(run)));
	}

	private static String path(UUID run) {
		return "/v1/runs/" + run;
	}

}
