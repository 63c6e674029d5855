package dev.distributeimage.api;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.distributeimage.run.view.RunProgress;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.view.RunSnapshot;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.api.watch.RunWaits;
import dev.distributeimage.api.watch.WaitPreference;

/**
 * Starts runs and shows them to callers that have a preference, which may be to wait:
 * {@code Prefer: wait=N}.
 */
@RestController
@RequestMapping(path = "/v1/runs", produces = MediaType.APPLICATION_JSON_VALUE, headers = WaitPreference.PREFER)
class RunWaitController {

	private final RunController controller;

	private final RunWaits waits;

	private final RequestLimiter limiter;

	RunWaitController(RunController controller, RunWaits waits, RequestLimiter limiter) {
		this.controller = controller;
		this.waits = waits;
		this.limiter = limiter;
	}

	/** Answers when the run has ended. */
	@PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
	DeferredResult<ResponseEntity<Object>> start(HttpServletRequest request) {
		ResponseEntity<Object> started = this.controller.start(request);
		Duration longest = WaitPreference.of(request).orElse(null);
		if (longest == null || !(started.getBody() instanceof RunView run)) {
			return atOnce(started);
		}
		ResponseEntity<Object> known = applied(longest, started);
		if (run.status() != RunStatus.RUNNING) {
			return atOnce(known);
		}
		HttpStatus status = HttpStatus.valueOf(started.getStatusCode().value());
		return this.waits.begin(new RunWaits.Wait(run.id(), longest, RunProgress::hasEnded, known,
				(ended) -> applied(longest, this.controller.answer(status, ended))));
	}

	/**
	 * Answers when the run's status, its step or its image's status has changed; with
	 * {@code If-None-Match}, when anything has happened to it.
	 */
	@GetMapping("/{id}")
	DeferredResult<ResponseEntity<Object>> get(@PathVariable String id, HttpServletRequest request) {
		QueryParameters.of(request, Set.of());
		RunSnapshot run = this.limiter.limited(() -> this.controller.found(id));
		Duration longest = WaitPreference.of(request).orElse(null);
		if (longest == null) {
			return atOnce(this.controller.answer(HttpStatus.OK, run));
		}
		Function<RunSnapshot, ResponseEntity<Object>> answer = (later) -> applied(longest,
				this.controller.answer(HttpStatus.OK, later));
		RunProgress state = run.progress();
		Predicate<RunProgress> news = news(state, request);
		return (state.hasEnded() || news.test(state)) ? atOnce(answer.apply(run))
				: this.waits.begin(new RunWaits.Wait(run.id(), longest, news, answer.apply(run), answer));
	}

	private static Predicate<RunProgress> news(RunProgress state, HttpServletRequest request) {
		List<String> known = known(request);
		if (known.isEmpty()) {
			return (later) -> !later.isLike(state);
		}
		return (later) -> known.stream()
			.noneMatch((tag) -> tag.equals("*") || tag.replaceFirst("^W/", "").equals("\"" + later.lastEvent() + "\""));
	}

	// What is no entity-tag is ignored, as it is without a preference.
	private static List<String> known(HttpServletRequest request) {
		try {
			return new ServletServerHttpRequest(request).getHeaders().getIfNoneMatch();
		}
		catch (IllegalArgumentException ex) {
			return List.of();
		}
	}

	private static ResponseEntity<Object> applied(Duration wait, ResponseEntity<Object> answer) {
		HttpStatusCode status = answer.getStatusCode();
		HttpHeaders headers = HttpHeaders.copyOf(answer.getHeaders());
		headers.set(WaitPreference.APPLIED, WaitPreference.applied(wait));
		return ResponseEntity.status(status).headers(headers).body(answer.getBody());
	}

	private static DeferredResult<ResponseEntity<Object>> atOnce(ResponseEntity<Object> answer) {
		DeferredResult<ResponseEntity<Object>> result = new DeferredResult<>();
		result.setResult(answer);
		return result;
	}

}
