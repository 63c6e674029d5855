package dev.distributeimage.api;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.distributeimage.api.contract.QueryParameters;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.run.view.RunFilter;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.UriUtils;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The query parameters of a request for a page. */
final class ListParameters {

	private static final int DEFAULT_SIZE = 50;

	private static final int LARGEST_SIZE = 500;

	private static final Set<String> PAGE = Set.of("pageSize", "pageToken");

	private static final Set<String> FILTERS_AND_PAGE = Stream.concat(FilterParameters.names().stream(), PAGE.stream())
		.collect(Collectors.toUnmodifiableSet());

	private ListParameters() {
	}

	/** A request for a page of runs. */
	record Runs(RunFilter filter, RequestedPage page) {
	}

	/**
	 * The request for a page of runs.
	 * @param owner the only owner whose runs are listed, to which page tokens are bound;
	 * null for all
	 * @throws ProblemException that lists all violations
	 */
	static Runs runs(HttpServletRequest request, @Nullable String owner) {
		QueryParameters query = QueryParameters.collecting(request, FILTERS_AND_PAGE);
		RunFilter filter = new FilterParameters(query).filter();
		String filters = canonical(request.getParameterMap());
		return (owner == null) ? new Runs(filter, page(query, "runs?" + filters)) : new Runs(filter.ofOwner(owner),
				page(query, "runs of %s?%s".formatted(UriUtils.encode(owner, UTF_8), filters)));
	}

	/**
	 * The request for a page of a list without filters.
	 * @param list tells its page tokens from those of other lists
	 * @throws ProblemException that lists all violations
	 */
	static RequestedPage of(HttpServletRequest request, String list) {
		return page(QueryParameters.collecting(request, PAGE), list);
	}

	/**
	 * The request for a page of another list with filters, which are known to be valid or
	 * violations already.
	 * @param name the name of the list
	 * @param owner the only owner whose items are listed; null for all
	 * @throws ProblemException that lists all violations
	 */
	static RequestedPage page(QueryParameters query, HttpServletRequest request, String name, @Nullable String owner) {
		String filters = canonical(request.getParameterMap());
		return page(query, (owner == null) ? "%s?%s".formatted(name, filters)
				: "%s of %s?%s".formatted(name, UriUtils.encode(owner, UTF_8), filters));
	}

	private static RequestedPage page(QueryParameters query, String list) {
		int pageSize = pageSize(query);
		String pageToken = query.one("pageToken").orElse(null);
		query.requireValid();
		return new RequestedPage(pageSize, pageToken, list);
	}

	private static int pageSize(QueryParameters query) {
		String value = query.one("pageSize").orElse(Integer.toString(DEFAULT_SIZE));
		int size = value.matches("[0-9]{1,4}") ? Integer.parseInt(value) : 0;
		if (size < 1 || size > LARGEST_SIZE) {
			query.violated("pageSize", "Must be a whole number from 1 to %d.".formatted(LARGEST_SIZE));
		}
		return size;
	}

	/** The filters in one order, so that a page token can be checked against them. */
	private static String canonical(Map<String, String[]> values) {
		Map<String, Set<String>> filters = new TreeMap<>();
		values.forEach((name, given) -> filters.put(name, new TreeSet<>(List.of(given))));
		filters.keySet().removeAll(PAGE);
		return filters.entrySet()
			.stream()
			.flatMap((filter) -> filter.getValue()
				.stream()
				.map((value) -> filter.getKey() + "=" + UriUtils.encode(value, UTF_8)))
			.collect(Collectors.joining("&"));
	}

}
