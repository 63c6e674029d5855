package dev.distributeimage.api;

import java.util.List;
import java.util.Set;
import java.util.UUID;

import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.watch.EventStreams;
import dev.distributeimage.api.watch.EventView;
import dev.distributeimage.api.wire.ResponseMemory;
import dev.distributeimage.api.wire.ResponseMemory.Share;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.run.view.RunEvent;
import dev.distributeimage.run.view.RunHistory;
import dev.distributeimage.run.view.RunHistory.Cursor;
import dev.distributeimage.run.view.RunProgress;
import dev.distributeimage.run.view.RunSnapshots;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Shows the history of a run: in pages, or as a stream of server-sent events. */
@RestController
class RunHistoryController {

	private final RunSnapshots runs;

	private final RunHistory history;

	private final EventStreams streams;

	private final OwnedRuns owned;

	private final RequestLimiter limiter;

	RunHistoryController(RunSnapshots runs, RunHistory history, EventStreams streams, OwnedRuns owned,
			RequestLimiter limiter) {
		this.runs = runs;
		this.owned = owned;
		this.history = history;
		this.streams = streams;
		this.limiter = limiter;
	}

	@GetMapping(path = "/v1/runs/{id}/events",
			produces = { MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_EVENT_STREAM_VALUE })
	@Nullable ResponseEntity<Object> events(@PathVariable String id, HttpServletRequest request, HttpServletResponse response)
			throws HttpMediaTypeNotAcceptableException {
		if (EventsFormat.of(request) == EventsFormat.JSON) {
			RequestedPage requested = ListParameters.of(request, "events of " + id);
			Share memory = ResponseMemory.of(request);
			return this.limiter.limited(() -> ResponseEntity.ok()
				.contentType(MediaType.APPLICATION_JSON)
				.body(page(progress(id, request), requested, memory)));
		}
		QueryParameters.of(request, Set.of());
		return this.limiter.limited(() -> stream(progress(id, request), request, response));
	}

	// One event more than requested tells whether there is a next page.
	private ListPage<EventView> page(RunProgress run, RequestedPage requested, Share memory) {
		List<RunEvent> found = this.history.after(new Cursor(run.id(), requested.follows(0)), requested.size() + 1);
		List<RunEvent> page = found.subList(0, Math.min(found.size(), requested.size()));
		memory.requireToMake(page.stream().mapToLong(RunEvent::weight).sum());
		return ListPage.of(requested, page, page.size() < found.size(), RunEvent::sequence, EventView::of);
	}

	// A browser's EventSource reconnects until it is answered with 204.
	private @Nullable ResponseEntity<Object> stream(RunProgress run, HttpServletRequest request,
			HttpServletResponse response) {
		long after = lastEventId(request);
		if (after > run.lastEvent()) {
			throw invalidLastEventId();
		}
		if (run.hasEnded() && after == run.lastEvent()) {
			return ResponseEntity.noContent().build();
		}
		if (request.getMethod().equals("HEAD")) {
			return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).build();
		}
		this.streams.open(new Cursor(run.id(), after), run, request, response);
		return null;
	}

	private static long lastEventId(HttpServletRequest request) {
		String id = request.getHeader("Last-Event-ID");
		if (id == null || id.isBlank()) {
			return 0;
		}
		if (!id.trim().matches("[0-9]{1,18}")) {
			throw invalidLastEventId();
		}
		return Long.parseLong(id.trim());
	}

	private static ProblemException invalidLastEventId() {
		return new ProblemException(ProblemType.INVALID_REQUEST,
				"Last-Event-ID must be the id of an event of this run.");
	}

	private RunProgress progress(String id, HttpServletRequest request) {
		UUID run = RunPath.id(id);
		this.owned.requireVisible(Caller.of(request), run);
		return this.runs.progress(new UUID[] { run }).stream().findFirst().orElseThrow(RunPath::notFound);
	}

}
