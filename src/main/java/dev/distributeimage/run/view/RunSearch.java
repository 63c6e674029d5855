package dev.distributeimage.run.view;

import java.util.List;

import dev.distributeimage.run.postgres.DatabaseFailures;
import jakarta.persistence.PersistenceException;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Finds a page of runs, newest first: first their numbers, then the runs. */
@Component
public class RunSearch {

	/** The maximum weight of a page, in bytes, unless its first run is heavier. */
	private static final long HEAVIEST = 4 * 1024 * 1024;

	// A scalar subquery: the planner cannot turn it into a join. The size of the retries
	// is estimated from their compressed size, without reading them.
	private static final String WEIGHED = """
			select found.number, (
			  select weight + image_weight + 6 * pg_column_size(retries)
			  from run_input join run on run.id = run_input.run_id where run_input.number = found.number)
			from (%s) found order by found.number desc""";

	private final BoundedQueries queries;

	private final RunSnapshots runs;

	RunSearch(BoundedQueries queries, RunSnapshots runs) {
		this.queries = queries;
		this.runs = runs;
	}

	/**
	 * Finds the newest runs that a filter selects. They are read later.
	 * @param before the number below which the page begins
	 * @param size the maximum number of runs
	 * @throws SearchTimeoutException if the search does not finish in time
	 */
	@Transactional(readOnly = true)
	public Found find(RunFilter filter, long before, int size) {
		try {
			// One run more than requested tells whether there is a next page.
			List<Weighed> found = found(RunNumbers.query(filter, before, size + 1));
			List<Weighed> page = light(found.subList(0, Math.min(found.size(), size)));
			return new Found(page.stream().map(Weighed::number).toList(),
					page.stream().mapToLong(Weighed::weight).sum(), page.size() < found.size());
		}
		catch (PersistenceException | DataAccessException ex) {
			throw DatabaseFailures.isStatementTimeout(ex) ? new SearchTimeoutException(ex) : ex;
		}
	}

	/**
	 * Counts the runs that a filter selects.
	 * @param most the number at which it stops counting
	 * @throws SearchTimeoutException if the search does not finish in time
	 */
	@Transactional(readOnly = true)
	public long count(RunFilter filter, int most) {
		try {
			Sql numbers = RunNumbers.query(filter, Long.MAX_VALUE, most);
			return this.queries
				.list(new Sql("select count(*) from (%s) found".formatted(numbers.text()), numbers.values()),
						Long.class)
				.get(0);
		}
		catch (PersistenceException | DataAccessException ex) {
			throw DatabaseFailures.isStatementTimeout(ex) ? new SearchTimeoutException(ex) : ex;
		}
	}

	/** Reads the runs that were found, the newest first. */
	public List<RunSnapshot> read(Found found) {
		return this.runs.findByNumbers(found.numbers().toArray(Long[]::new));
	}

	private List<Weighed> found(Sql numbers) {
		return this.queries.list(new Sql(WEIGHED.formatted(numbers.text()), numbers.values()), Object[].class)
			.stream()
			.map((row) -> new Weighed(((Number) row[0]).longValue(), ((Number) row[1]).longValue()))
			.toList();
	}

	/** The first runs, as many as may be shown on one page. */
	private static List<Weighed> light(List<Weighed> found) {
		long weight = 0;
		for (int i = 0; i < found.size(); i++) {
			weight += found.get(i).weight();
			if (weight > HEAVIEST && i > 0) {
				return found.subList(0, i);
			}
		}
		return found;
	}

	/**
	 * A page of runs, by their numbers.
	 *
	 * @param weight the bytes that they take as shown
	 * @param more whether there is a next page
	 */
	public record Found(List<Long> numbers, long weight, boolean more) {

		/**
		 * The number at which the next page continues, even if the runs are removed
		 * before they are read; null on the last page.
		 */
		public @Nullable Long continuesAt() {
			return this.more ? this.numbers.get(this.numbers.size() - 1) : null;
		}

	}

	/** A run, by its number, and the bytes that it takes as shown. */
	private record Weighed(long number, long weight) {
	}

}
