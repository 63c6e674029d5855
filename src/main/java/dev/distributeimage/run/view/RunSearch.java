package dev.distributeimage.run.view;

import java.util.List;
import java.util.function.LongConsumer;

import dev.distributeimage.run.postgres.DatabaseFailures;
import jakarta.persistence.PersistenceException;

import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Finds a page of runs, newest first: first their numbers, then the runs. */
@Component
public class RunSearch {

	/** The maximum weight of a page, in bytes, unless its first run is heavier. */
	private static final long HEAVIEST = 4 * 1024 * 1024;

	// A scalar subquery: the planner cannot turn it into a join. What the image and the
	// retries take is estimated from their compressed size, without reading them.
	private static final String WEIGHED = """
			select found.number, (
			  select weight + 6 * (coalesce(pg_column_size(image_amis), 0) + coalesce(pg_column_size(image_containers), 0)
			    + pg_column_size(retries))
			  from run_input join run on run.id = run_input.run_id where run_input.number = found.number)
			from (%s) found order by found.number desc""";

	private final BoundedQueries queries;

	private final RunSnapshots runs;

	RunSearch(BoundedQueries queries, RunSnapshots runs) {
		this.queries = queries;
		this.runs = runs;
	}

	/**
	 * The newest runs that a filter selects.
	 * @param before the number below which the page begins
	 * @param size the maximum number of runs
	 * @param room is told the weight of the page before its runs are read
	 * @throws SearchTimeoutException if the search does not finish in time
	 */
	@Transactional(readOnly = true)
	public Page page(RunFilter filter, long before, int size, LongConsumer room) {
		try {
			// One run more than requested tells whether there is a next page.
			List<Weighed> found = found(RunNumbers.query(filter, before, size + 1));
			List<Weighed> page = light(found.subList(0, Math.min(found.size(), size)));
			room.accept(page.stream().mapToLong(Weighed::weight).sum());
			List<RunSnapshot> read = this.runs.findByNumbers(page.stream().map(Weighed::number).toArray(Long[]::new));
			return new Page(read, page.size() < found.size());
		}
		catch (PersistenceException | DataAccessException ex) {
			throw DatabaseFailures.isStatementTimeout(ex) ? new SearchTimeoutException(ex) : ex;
		}
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
	 * A page of runs.
	 *
	 * @param more whether there is a next page
	 */
	public record Page(List<RunSnapshot> runs, boolean more) {
	}

	/** A run, by its number, and the bytes that it takes as shown. */
	private record Weighed(long number, long weight) {
	}

}
