package dev.distributeimage.page;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.distributeimage.api.ListPage;
import dev.distributeimage.api.RunListController;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.page.Html.View;
import dev.distributeimage.security.Sessions;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows the list of runs. */
@RestController
@Conditional(PageServed.class)
class RunsPageController {

	/** The head of an answer may have 4 KB. */
	private static final int LONGEST_PATH = 2 * 1024;

	private final RunListController runs;

	private final StatusCounts counts;

	private final Forecasts forecasts;

	private final Html html;

	RunsPageController(RunListController runs, StatusCounts counts, Forecasts forecasts, Html html) {
		this.runs = runs;
		this.counts = counts;
		this.forecasts = forecasts;
		this.html = html;
	}

	@GetMapping("/")
	ResponseEntity<String> start() {
		return redirect(HttpStatus.FOUND, "/runs");
	}

	@GetMapping(path = "/runs", produces = MediaType.TEXT_HTML_VALUE)
	ResponseEntity<String> runs(HttpServletRequest request) {
		Map<String, List<String>> query = new LinkedHashMap<>();
		request.getParameterMap().forEach((name, values) -> query.put(name, Arrays.asList(values)));
		if (query.values().stream().anyMatch((values) -> values.contains(""))) {
			// A form without a script sends its empty fields as well.
			String path = Links.runs(query);
			if (path.length() > LONGEST_PATH) {
				throw new ProblemException(ProblemType.INVALID_REQUEST, "The query is too long.");
			}
			return redirect(HttpStatus.FOUND, path);
		}
		ListPage<RunLine> page = this.runs.page(request, (run) -> RunLine.of(run, this.forecasts));
		return this.html.answer(request, HttpStatus.OK, "Runs",
				new View("runs", RunsPage.of(query, page, this.counts.of(Caller.of(request)))));
	}

	/** Ends the session. The provider's own goes on. */
	@PostMapping("/sign-out")
	ResponseEntity<String> signOut(HttpServletRequest request) {
		Sessions.end(request);
		return redirect(HttpStatus.SEE_OTHER, "/signed-out");
	}

	@GetMapping(path = "/signed-out", produces = MediaType.TEXT_HTML_VALUE)
	ResponseEntity<String> signedOut(HttpServletRequest request) {
		return this.html.answer(request, HttpStatus.OK, "Signed out", new View("signed-out", Map.of()));
	}

	static ResponseEntity<String> redirect(HttpStatus status, String path) {
		return ResponseEntity.status(status).header(HttpHeaders.LOCATION, path).build();
	}

}
