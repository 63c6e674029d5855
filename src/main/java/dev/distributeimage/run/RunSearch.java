package dev.distributeimage.run;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import org.hibernate.query.NativeQuery;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Finds several runs at once, with what was asked for.
 * <p>
 * A page of a filter is read from {@code run_facet}: for every status that will do, from
 * the filter's entries of that status the newest ones, and of all these the newest. So a
 * page costs what it holds, however many runs there are before or behind it. Further
 * facets are looked up run by run.
 */
@Component
public class RunSearch {

	/** Longer than any single filter takes by far. */
	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	/** What probably finds the fewest runs comes first. */
	private static final List<String> NARROW_FIRST = List.of("clientToken", "imageBuildVersionArn", "distributionName",
			"label", "imageRecipeArn", "imageStatus", "region", "step");

	private final EntityManager entityManager;

	private final Duration timeout;

	@Autowired
	RunSearch(EntityManager entityManager) {
		this(entityManager, TIMEOUT);
	}

	RunSearch(EntityManager entityManager, Duration timeout) {
		this.entityManager = entityManager;
		this.timeout = timeout;
	}

	/**
	 * The newest runs that fit and are older than the one with that number.
	 * @throws SearchTimeoutException if there is too much to look through
	 */
	@Transactional(readOnly = true)
	public List<StoredRun> page(RunFilter filter, long before, int limit) {
		limitTheStatement();
		Map<String, Object> parameters = new HashMap<>(Map.of("before", before, "limit", limit));
		String sql = """
				select {run.*}, {input.*}, engine_now() as read_at
				from (%s) page
				join run_created on run_created.number = page.number
				join run on run.id = run_created.id
				join run_input input on input.run_id = run.id
				order by run.number desc""".formatted(numbers(filter, parameters));
		try {
			return stored(sql, parameters);
		}
		catch (PersistenceException ex) {
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

	/** The runs of these ids, as far as there are any. */
	@Transactional(readOnly = true)
	public List<StoredRun> all(Collection<UUID> ids) {
		String[] texts = ids.stream().map(UUID::toString).toArray(String[]::new);
		return stored("""
				select {run.*}, {input.*}, engine_now() as read_at
				from run join run_input input on input.run_id = run.id
				where run.id = any (cast(:ids as uuid[]))""", Map.of("ids", texts));
	}

	@SuppressWarnings("unchecked")
	private List<StoredRun> stored(String sql, Map<String, Object> parameters) {
		NativeQuery<Object[]> query = this.entityManager.createNativeQuery(sql).unwrap(NativeQuery.class);
		query.addEntity("run", Run.class).addEntity("input", RunInput.class).addScalar("read_at", Instant.class);
		parameters.forEach(query::setParameter);
		return query.getResultList()
			.stream()
			.map((row) -> new StoredRun((Run) row[0], (RunInput) row[1], (Instant) row[2]))
			.toList();
	}

	/** The statement that gives the numbers, whose parameters are added. */
	static String numbers(RunFilter filter, Map<String, Object> parameters) {
		Set<RunStatus> statuses = filter.statuses().isEmpty() ? Set.of(RunStatus.values()) : filter.statuses();
		String entries = entries(filter, parameters);
		return """
				select number from (%s) newest
				order by number desc
				limit :limit""".formatted(statuses.stream()
			.sorted()
			.map((status) -> "(" + entries.replace("{status}", "'" + status + "'") + ")")
			.collect(Collectors.joining("\nunion all\n")));
	}

	// The order of numbers and that of times differ by as much as statements overtake
	// each other: much less than a minute. A number that is null finds nothing,
	// rightly. The time itself is a subquery and no join, which might be planned to
	// begin with all runs.
	private static String entries(RunFilter filter, Map<String, Object> parameters) {
		List<String> conditions = new ArrayList<>();
		List<Facet> facets = new ArrayList<>(filter.facets());
		facets.sort(Comparator.comparing((facet) -> NARROW_FIRST.indexOf(facet.parameter())));
		Facet first = facets.isEmpty() ? Facet.ANY : facets.remove(0);
		conditions.add("facet.facet = facet_of('" + first.parameter() + "', :value)");
		parameters.put("value", first.value());
		conditions.add("facet.status = {status} and facet.number < :before");
		// That the other's number is smaller, too, goes without saying, but not to the
		// planner: joined in their order, the newer ones were read to get at it.
		for (Facet other : facets) {
			String name = "value" + parameters.size();
			conditions.add("""
					exists (select 1 from run_facet other where other.facet = facet_of('%s', :%s)
					  and other.status = {status} and other.number = facet.number and other.number < :before)"""
				.formatted(other.parameter(), name));
			parameters.put(name, other.value());
		}
		Instant after = filter.createdAfter();
		if (after != null) {
			conditions
				.add("""
						facet.number >= (
						  select number from run_created where created_at >= cast(:after as timestamptz) - interval '1 minute'
						  order by created_at, number limit 1)
						  and (select created_at from run_created where number = facet.number) >= :after""");
			parameters.put("after", timestamp(after));
		}
		Instant earlierThan = filter.createdBefore();
		if (earlierThan != null) {
			conditions
				.add("""
						facet.number <= (
						  select number from run_created where created_at < cast(:earlierThan as timestamptz) + interval '1 minute'
						  order by created_at desc, number desc limit 1)
						  and (select created_at from run_created where number = facet.number) < :earlierThan""");
			parameters.put("earlierThan", timestamp(earlierThan));
		}
		return """
				select facet.number from run_facet facet
				where %s
				order by facet.number desc
				limit :limit""".formatted(String.join("\n  and ", conditions));
	}

	private static OffsetDateTime timestamp(Instant moment) {
		return moment.atOffset(ZoneOffset.UTC);
	}

	private static boolean tookTooLong(PersistenceException ex) {
		return NestedExceptionUtils.getMostSpecificCause(ex) instanceof SQLException cause
				&& "57014".equals(cause.getSQLState());
	}

}
