package dev.distributeimage.page;

import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.distributeimage.api.CancelController;
import dev.distributeimage.api.RequestLimiter;
import dev.distributeimage.api.RetryController;
import dev.distributeimage.api.RunController;
import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.wire.ResponseMemory;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Scope;
import dev.distributeimage.page.Html.View;
import dev.distributeimage.run.RetryPlan;
import dev.distributeimage.run.view.RunEvent;
import dev.distributeimage.run.view.RunHistory;
import dev.distributeimage.run.view.RunHistory.Cursor;
import dev.distributeimage.run.view.RunSnapshot;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows a run, and cancels and retries it. Both ask first: on a page of their own, which
 * the script shows as a dialog.
 */
@RestController
@RequestMapping(path = "/runs/{id}", produces = MediaType.TEXT_HTML_VALUE)
@Conditional(PageServed.class)
class RunPageController {

	private static final int MOST_EVENTS = 500;

	private final RunController runs;

	private final CancelController cancel;

	private final RetryController retry;

	private final RunHistory history;

	private final RequestLimiter limiter;

	private final Forecasts forecasts;

	private final PageSettings settings;

	private final Html html;

	RunPageController(RunController runs, CancelController cancel, RetryController retry, RunHistory history,
			RequestLimiter limiter, Forecasts forecasts, PageSettings settings, Html html) {
		this.runs = runs;
		this.cancel = cancel;
		this.retry = retry;
		this.history = history;
		this.limiter = limiter;
		this.forecasts = forecasts;
		this.settings = settings;
		this.html = html;
	}

	@GetMapping
	ResponseEntity<String> run(@PathVariable String id, HttpServletRequest request) {
		RunSnapshot run = found(id, request);
		long after = Math.max(0, run.lastEvent() - MOST_EVENTS);
		List<RunEvent> events = this.limiter
			.limited(() -> this.history.after(new Cursor(run.id(), after), MOST_EVENTS));
		String took = this.limiter.limited(() -> this.forecasts.of(run));
		ResponseMemory.of(request).requireToMake(run.weight() + events.stream().mapToLong(RunEvent::weight).sum());
		return answer(request, RunLine.name(run),
				new View("run", RunPage.of(run, events, took, mayChange(run, request))));
	}

	@GetMapping("/cancel")
	ResponseEntity<String> cancelForm(@PathVariable String id, HttpServletRequest request) {
		requireForms();
		RunSnapshot run = found(id, request);
		if (!mayChange(run, request)) {
			throw new ProblemException(ProblemType.FORBIDDEN, "You may look at this run, and not cancel it.");
		}
		return answer(request, "Cancel " + RunLine.name(run), new View("cancel",
				Map.of("id", id, "name", RunLine.name(run), "built", run.outputs().imageBuildVersionArn() != null)));
	}

	@PostMapping("/cancel")
	ResponseEntity<String> cancel(@PathVariable String id, HttpServletRequest request) {
		requireForms();
		this.cancel.cancel(id, request);
		return RunsPageController.redirect(HttpStatus.SEE_OTHER, "/runs/" + id);
	}

	@GetMapping("/retry")
	ResponseEntity<String> retryForm(@PathVariable String id, HttpServletRequest request,
			HttpServletResponse response) {
		requireForms();
		RetryPlan plan = this.retry.plan(id, request, response);
		RunSnapshot run = found(id, request);
		return answer(request, "Retry " + RunLine.name(run), new View("retry", Map.of("id", id, "name",
				RunLine.name(run), "action", action(plan), "word", plan.action().toString(), "reason", plan.reason())));
	}

	@PostMapping("/retry")
	ResponseEntity<String> retry(@PathVariable String id, HttpServletRequest request) {
		requireForms();
		this.retry.retried(id, request);
		return RunsPageController.redirect(HttpStatus.SEE_OTHER, "/runs/" + id);
	}

	private RunSnapshot found(String id, HttpServletRequest request) {
		QueryParameters.of(request, Set.of());
		return this.runs.found(id, request);
	}

	private ResponseEntity<String> answer(HttpServletRequest request, String title, View view) {
		return this.html.answer(request, HttpStatus.OK, title, view);
	}

	private static String action(RetryPlan plan) {
		return switch (plan.action()) {
			case CREATE_DISTRIBUTION_CONFIGURATION -> "Begin with the distribution configuration";
			case CREATE_IMAGE -> "Build a new image";
			case DISTRIBUTE_IMAGE -> "Distribute the source image again";
			case GET_IMAGE -> "Watch the same image further";
			case RETRY_IMAGE -> "Try the same image again";
		};
	}

	private boolean mayChange(RunSnapshot run, HttpServletRequest request) {
		Caller caller = Caller.of(request);
		return !this.settings.readOnly()
				&& (caller.has(Scope.OPERATE) || (caller.has(Scope.WRITE) && caller.owns(run.owner())));
	}

	private void requireForms() {
		if (this.settings.readOnly()) {
			throw new ProblemException(ProblemType.FORBIDDEN,
					"This page only shows runs. The API and the command line cancel and retry them.");
		}
	}

}
