package dev.distributeimage.run.view;

import java.util.List;

import dev.distributeimage.run.postgres.DatabaseFailures;
import jakarta.persistence.PersistenceException;

import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Finds a page of runs, newest first: first their numbers, then the runs. */
@Component
public class RunSearch {

	private final BoundedQueries queries;

	private final RunSnapshots runs;

	RunSearch(BoundedQueries queries, RunSnapshots runs) {
		this.queries = queries;
		this.runs = runs;
	}

	/**
	 * The newest runs that a filter selects.
	 * @param before the number below which the page begins
	 * @throws SearchTimeoutException if the search does not finish in time
	 */
	@Transactional(readOnly = true)
	public List<RunSnapshot> page(RunFilter filter, long before, int limit) {
		try {
			List<Long> numbers = this.queries.list(RunNumbers.query(filter, before, limit), Long.class);
			return this.runs.findByNumbers(numbers.toArray(Long[]::new));
		}
		catch (PersistenceException | DataAccessException ex) {
			throw DatabaseFailures.isStatementTimeout(ex) ? new SearchTimeoutException(ex) : ex;
		}
	}

}
