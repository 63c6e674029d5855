package dev.distributeimage.run.view;

import dev.distributeimage.run.Term;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Query;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Finds several runs at once, with what was asked for.
 * <p>
 * Each filter is a list in {@code run_facet}, the newest runs first. What several lists
 * have in common is found by leaping: the next run of the first list, from there the next
 * one of the second, and so on; where all meet is a run of the page. Each leap is a look
 * into the index, so that a page costs what it holds and what lies between, however many
 * runs there are before or behind it.
 */
@Component
public class RunSearch {

	/** Longer than any single filter takes by far. */
	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final EntityManager entityManager;

	private final RunSnapshots runs;

	private final Duration timeout;

	@Autowired
	RunSearch(EntityManager entityManager, RunSnapshots runs) {
		this(entityManager, runs, TIMEOUT);
	}

	RunSearch(EntityManager entityManager, RunSnapshots runs, Duration timeout) {
		this.entityManager = entityManager;
		this.runs = runs;
		this.timeout = timeout;
	}

	/**
	 * The newest runs that fit and are older than the one with that number.
	 * @throws SearchTimeoutException if there is too much to look through
	 */
	@Transactional(readOnly = true)
	public List<RunSnapshot> page(RunFilter filter, long before, int limit) {
		limitTheStatement();
		Map<String, Object> parameters = new HashMap<>(Map.of("before", before, "limit", limit));
		try {
			return this.runs.findByNumbers(found(numbers(filter, parameters), parameters));
		}
		catch (PersistenceException | DataAccessException ex) {
			throw tookTooLong(ex) ? new SearchTimeoutException(ex) : ex;
		}
	}

	// For the rest of the transaction. The planner may take few entries for a filter's
	// and collect and sort what turns out to be all runs: the index gives them in order.
	void limitTheStatement() {
		this.entityManager.createNativeQuery("""
				select set_config('statement_timeout', :millis, true) || set_config('enable_bitmapscan', 'off', true)
				  || set_config('enable_seqscan', 'off', true)""", String.class)
			.setParameter("millis", Long.toString(this.timeout.toMillis()))
			.getSingleResult();
	}

	@SuppressWarnings("unchecked")
	private Long[] found(String sql, Map<String, Object> parameters) {
		Query query = this.entityManager.createNativeQuery(sql, Long.class);
		parameters.forEach(query::setParameter);
		return ((List<Long>) query.getResultList()).toArray(Long[]::new);
	}

	/**
	 * The statement that gives the numbers, whose parameters are added. Each of its rows
	 * is where the last list has led, and whether all lists meet there; it counts the
	 * runs that were found so far, and ends with the limit.
	 */
	static String numbers(RunFilter filter, Map<String, Object> parameters) {
		StringBuilder leaps = new StringBuilder();
		String last = "newest.number - cast(newest.meet as integer)";
		List<String> lists = lists(filter, parameters);
		for (int i = 0; i < lists.size(); i++) {
			leaps.append("  cross join lateral (%s) list_%d\n".formatted(lists.get(i).replace("{from}", last), i));
			last = "list_" + i + ".number";
		}
		return """
				with recursive newest (number, meet, fits, found) as (
				  select %1$s, true, false, 0
				  union all
				  select %2$s, here.meet, here.fits, found + cast(here.fits as integer)
				  from newest
				%3$s  cross join lateral (select list_0.number = %2$s as meet, list_0.number = %2$s and %4$s as fits) here
				  where found < :limit and %5$s
				)
				select number from newest where fits"""
			.formatted(begin(filter, parameters), last, leaps, isInTime(filter, last),
					isBeforeTheEnd(filter, last, parameters));
	}

	private static List<String> lists(RunFilter filter, Map<String, Object> parameters) {
		List<String> lists = new ArrayList<>();
		for (Term facet : filter.facets()) {
			lists.add(list(List.of(facet), parameters));
		}
		if (!filter.statuses().isEmpty()) {
			lists.add(list(filter.statuses().stream().map((status) -> new Term("status", status.name())).toList(),
					parameters));
		}
		return lists.isEmpty() ? List.of(next("run_input", "true")) : lists;
	}

	// A run is in the list if it has one of the facets.
	private static String list(List<Term> facets, Map<String, Object> parameters) {
		List<String> next = new ArrayList<>();
		for (Term facet : facets) {
			String name = "value" + parameters.size();
			parameters.put(name, facet.value());
			next.add(facet.parameter().equals("clientToken") ? next("run_input", "client_token = :" + name)
					: next("run_facet", "facet = facet_of('%s', :%s)".formatted(facet.parameter(), name)));
		}
		return (next.size() == 1) ? next.get(0) : "select number from (%s) next order by number desc limit 1"
			.formatted(String.join(" union all ", next));
	}

	private static String next(String table, String condition) {
		return "(select number from %s where %s and number <= {from} order by number desc limit 1)".formatted(table,
				condition);
	}

	// The order of numbers and that of times differ by as much as statements overtake
	// each other: much less than a minute. So nothing that fits is beyond a run that does
	// not by a minute; a run that fits says nothing of those beside it.
	private static String begin(RunFilter filter, Map<String, Object> parameters) {
		Instant earlierThan = filter.createdBefore();
		if (earlierThan == null) {
			return "cast(:before as bigint)";
		}
		parameters.put("earlierThan", timestamp(earlierThan));
		return """
				least(:before, coalesce((
				  select number from run_input where created_at >= cast(:earlierThan as timestamptz) + interval '1 minute'
				  order by created_at, number limit 1), :before))""";
	}

	private static String isBeforeTheEnd(RunFilter filter, String number, Map<String, Object> parameters) {
		Instant after = filter.createdAfter();
		if (after == null) {
			return "true";
		}
		parameters.put("after", timestamp(after));
		return """
				%s > coalesce((
				  select number from run_input where created_at < cast(:after as timestamptz) - interval '1 minute'
				  order by created_at desc, number desc limit 1), 0)""".formatted(number);
	}

	private static String isInTime(RunFilter filter, String number) {
		List<String> conditions = new ArrayList<>(List.of("true"));
		String createdAt = "(select created_at from run_input where number = %s)".formatted(number);
		if (filter.createdAfter() != null) {
			conditions.add(createdAt + " >= :after");
		}
		if (filter.createdBefore() != null) {
			conditions.add(createdAt + " < :earlierThan");
		}
		return String.join(" and ", conditions);
	}

	private static OffsetDateTime timestamp(Instant moment) {
		return moment.atOffset(ZoneOffset.UTC);
	}

	private static boolean tookTooLong(Throwable ex) {
		return NestedExceptionUtils.getMostSpecificCause(ex) instanceof SQLException cause
				&& "57014".equals(cause.getSQLState());
	}

}
