package dev.distributeimage.api;

import java.util.function.Function;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.wire.ResponseMemory;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.run.view.RunFilter;
import dev.distributeimage.run.view.RunFilter.Field;
import dev.distributeimage.run.view.RunSearch;
import dev.distributeimage.run.view.RunSearch.Found;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.SearchTimeoutException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists runs, newest first. */
@RestController
@RequestMapping(path = "/v1/runs", produces = MediaType.APPLICATION_JSON_VALUE)
public class RunListController {

	private final RunSearch search;

	private final OwnedRuns owned;

	private final RequestLimiter limiter;

	RunListController(RunSearch search, OwnedRuns owned, RequestLimiter limiter) {
		this.search = search;
		this.owned = owned;
		this.limiter = limiter;
	}

	@GetMapping
	ListPage<RunView> list(HttpServletRequest request) {
		return page(request, RunView::of);
	}

	/**
	 * The page of runs that a request asks for.
	 * @param view shows a run
	 */
	public <T> ListPage<T> page(HttpServletRequest request, Function<RunSnapshot, T> view) {
		ListParameters.Runs query = ListParameters.runs(request, this.owned.onlyOwner(Caller.of(request)).orElse(null));
		long before = query.page().follows(Long.MAX_VALUE);
		Found found = this.limiter.limited(() -> found(query.filter(), before, query.page().size()));
		ResponseMemory.of(request).requireToMake(found.weight());
		return this.limiter.limited(found.weight(),
				() -> ListPage.of(query.page(), this.search.read(found), found.continuesAt(), view));
	}

	private Found found(RunFilter filter, long before, int size) {
		try {
			return this.search.find(filter, before, size);
		}
		catch (SearchTimeoutException ex) {
			throw new ProblemException(ProblemType.SEARCH_TIMEOUT,
					"The search did not finish within 2 s. " + advice(filter));
		}
	}

	/** A way to narrow the search down. */
	static String advice(RunFilter filter) {
		if (filter.createdAfter() == null) {
			return toAdd("createdAfter");
		}
		if (!filter.has(Field.DISTRIBUTION_NAME)) {
			return toAdd("distributionName");
		}
		if (!filter.has(Field.LABEL)) {
			return toAdd("label");
		}
		return filter.has(Field.REGION) ? "Move createdAfter to a later time." : toAdd("region");
	}

	private static String toAdd(String parameter) {
		return "Add %s to narrow it down.".formatted(parameter);
	}

}
