package dev.distributeimage.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.watch.RunWaits;
import dev.distributeimage.api.watch.WaitPreference;
import dev.distributeimage.api.wire.ResponseMemory;
import dev.distributeimage.audit.AuditEvent;
import dev.distributeimage.audit.AuditTrail;
import dev.distributeimage.audit.AuditedAction;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Requester;
import dev.distributeimage.run.Warning;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.view.RunOutline;
import dev.distributeimage.run.view.RunProgress;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Starts and shows runs. A caller that prefers to wait ({@code Prefer: wait=N}) holds no
 * thread: its method returns a deferred result instead of the response. Media types are
 * part of the mappings, so that a request is refused before it has any effect.
 */
@RestController
@RequestMapping(path = "/v1/runs", produces = MediaType.APPLICATION_JSON_VALUE)
public class RunController {

	private static final String TOKEN_OF_ANOTHER = "The client token belongs to another run.";

	private final StartRequests starts;

	private final RunSnapshots runs;

	private final RunWaits waits;

	private final OwnedRuns owned;

	private final RequestLimiter limiter;

	private final AuditTrail audit;

	RunController(StartRequests starts, RunSnapshots runs, RunWaits waits, OwnedRuns owned, RequestLimiter limiter,
			AuditTrail audit) {
		this.starts = starts;
		this.runs = runs;
		this.owned = owned;
		this.waits = waits;
		this.limiter = limiter;
		this.audit = audit;
	}

	/** Responds at once or, to a caller that waits, when the run has ended. */
	@PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
	Object start(HttpServletRequest request, HttpServletResponse response) {
		if (QueryParameters.of(request, Set.of("validateOnly")).isTrue("validateOnly")) {
			return valid(request, response);
		}
		StartResult result = this.starts.start(request, response);
		if (result instanceof StartResult.TokenReused reused) {
			throw tokenReused(reused, request);
		}
		if (result instanceof StartResult.Removed removed) {
			throw removed(removed, request);
		}
		if (result instanceof StartResult.Started started) {
			return response(new Shown(HttpStatus.ACCEPTED, started.run(), List.of()), request,
					() -> RunProgress::hasEnded);
		}
		StartResult.Known known = (StartResult.Known) result;
		RunSnapshot run = found(known.run(), request, RunController::gone);
		return response(new Shown(HttpStatus.OK, run, known.warnings()), request, () -> RunProgress::hasEnded);
	}

	/** Responds as {@code POST /v1/runs?validateOnly=true} does. */
	@PostMapping(path = "/validate", consumes = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<Object> validate(HttpServletRequest request, HttpServletResponse response) {
		QueryParameters.of(request, Set.of());
		return valid(request, response);
	}

	private ResponseEntity<Object> valid(HttpServletRequest request, HttpServletResponse response) {
		return ResponseEntity.ok(new Valid(this.starts.check(request, response)));
	}

	/**
	 * Responds at once or, to a caller that waits, when the run's status, step or image
	 * status has changed; with {@code If-None-Match}, when the ETag has.
	 */
	@GetMapping("/{id}")
	Object get(@PathVariable String id, HttpServletRequest request) {
		QueryParameters.of(request, Set.of());
		RunSnapshot run = found(id, request);
		return response(new Shown(HttpStatus.OK, run, List.of()), request,
				() -> news(run.progress(), request).or(RunProgress::hasEnded));
	}

	/**
	 * The run that a request asks for.
	 * @param id the id in the path
	 * @throws ProblemException if there is none, or the caller must not know of it
	 */
	public RunSnapshot found(String id, HttpServletRequest request) {
		return found(RunPath.id(id), request, RunPath::notFound);
	}

	// A heavy run waits for its turn before it is read.
	private RunSnapshot found(UUID id, HttpServletRequest request, Supplier<ProblemException> missing) {
		RunSnapshot run = this.limiter.limited(() -> this.runs.findById(id, ResponseMemory.SMALL).orElse(null));
		if (run == null) {
			RunOutline outline = this.limiter.limited(() -> this.runs.outline(id).orElseThrow(missing));
			this.owned.requireVisible(Caller.of(request), outline.owner());
			ResponseMemory.of(request).requireToMake(outline.weight());
			run = this.limiter.limited(outline.weight(), () -> this.runs.findById(id).orElseThrow(missing));
		}
		this.owned.requireVisible(Caller.of(request), run.owner());
		ResponseMemory.of(request).requireToMake(run.weight());
		return run;
	}

	private Object response(Shown shown, HttpServletRequest request, Supplier<Predicate<RunProgress>> until) {
		Optional<Duration> wait = WaitPreference.of(request);
		if (wait.isEmpty()) {
			return shown.response();
		}
		RunSnapshot run = shown.run();
		WaitedResponse response = new WaitedResponse(shown.status(), run.id(), shown.more(), wait.get());
		RunWaits.Wait asked = new RunWaits.Wait(run.id(), run.weight(), ResponseMemory.of(request), wait.get(),
				until.get(), response);
		return asked.until().test(run.progress()) ? response.of(run) : waiting(asked, Caller.of(request), shown);
	}

	// A run that has been started is answered in any case.
	private Object waiting(RunWaits.Wait asked, Caller caller, Shown shown) {
		try {
			return this.waits.begin(asked, caller);
		}
		catch (ProblemException ex) {
			if (shown.status() == HttpStatus.ACCEPTED) {
				return shown.response();
			}
			throw ex;
		}
	}

	private static Predicate<RunProgress> news(RunProgress known, HttpServletRequest request) {
		List<String> tags = ifNoneMatch(request);
		if (tags.isEmpty()) {
			return (later) -> !later.isLike(known);
		}
		return (later) -> tags.stream()
			.noneMatch((tag) -> tag.equals("*") || tag.replaceFirst("^W/", "").equals("\"" + later.lastEvent() + "\""));
	}

	// Malformed entity tags are ignored, as they are without Prefer.
	private static List<String> ifNoneMatch(HttpServletRequest request) {
		try {
			return new ServletServerHttpRequest(request).getHeaders().getIfNoneMatch();
		}
		catch (IllegalArgumentException ex) {
			return List.of();
		}
	}

	// Another owner is answered as if the run were still there.
	private ProblemException removed(StartResult.Removed removed, HttpServletRequest request) {
		if (Caller.of(request).owns(removed.owner())) {
			return gone();
		}
		noteTokenOfAnother(null, request);
		return new ProblemException(ProblemType.CLIENT_TOKEN_REUSED, TOKEN_OF_ANOTHER);
	}

	private static ProblemException gone() {
		return new ProblemException(ProblemType.GONE,
				"The run with this client token ended long ago, and was removed.");
	}

	// Somebody may try tokens to learn of runs, or have taken one that was not its own.
	private void noteTokenOfAnother(@Nullable UUID run, HttpServletRequest request) {
		this.audit.note(new AuditEvent(AuditedAction.AUTHORIZATION, "client-token", Requester.of(request), run,
				HttpStatus.CONFLICT.value(), null));
	}

	private ProblemException tokenReused(StartResult.TokenReused reused, HttpServletRequest request) {
		Caller caller = Caller.of(request);
		boolean own = caller.owns(reused.owner());
		if (!own) {
			noteTokenOfAnother(reused.run(), request);
		}
		if (!this.owned.mayRead(caller, reused.owner())) {
			return new ProblemException(ProblemType.CLIENT_TOKEN_REUSED,
					own ? "The client token belongs to a run with other inputs." : TOKEN_OF_ANOTHER);
		}
		String run = RunPath.of(reused.run());
		return new ProblemException(ProblemType.CLIENT_TOKEN_REUSED,
				"The client token belongs to the run %s, which has %s.".formatted(run,
						own ? "other inputs" : "another owner"),
				Map.of("run", run));
	}

	/**
	 * A run that is shown at once, unless the caller waits.
	 *
	 * @param more warnings that are not stored with the run
	 */
	private record Shown(HttpStatus status, RunSnapshot run, List<Warning> more) {

		ResponseEntity<Object> response() {
			return RunResponses.of(this.status, this.run, this.more);
		}

	}

}
