package dev.distributeimage.run.queue;

import java.util.Collection;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The Regions with runs in flight. A run whose Region is missing would never be claimed,
 * so a Region is forgotten only while nobody brings a run into flight.
 * <p>
 * <b>A readers-writer lock, by PostgreSQL's advisory locks</b>: statements that bring a
 * run into flight share it; a statement that forgets Regions holds it alone. The row
 * itself cannot be the lock: an insert that finds it does not touch it, so that a delete
 * which does not see the new run yet removes it.
 */
@Component
public class RunRegions {

	private static final String LOCK = "hashtext('run_region')";

	// A statement sees what was committed before it began. The lock is therefore taken by
	// a statement of its own.
	private static final String LOCK_ALONE = "select true from (select pg_advisory_xact_lock(%s)) held".formatted(LOCK);

	// A statement that brings a run into flight waits up to this long. The limit also
	// ends a deadlock: of two inserts with the same client token, one may have the lock
	// and the other not.
	private static final String LIMIT_WAIT = "set local statement_timeout = '500ms'";

	private static final String FORGET = """
			delete from run_region
			where region = any (cast(:regions as text[])) and (
			  select next_attempt_at from run
			  where run.region = run_region.region and next_attempt_at is not null
			  order by next_attempt_at limit 1
			) is null""";

	private static final Logger logger = LoggerFactory.getLogger(RunRegions.class);

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	RunRegions(JdbcClient jdbc, TransactionTemplate transaction) {
		this.jdbc = jdbc;
		this.transaction = transaction;
	}

	/**
	 * Returns the common table expressions that note Regions, for a statement that brings
	 * runs into flight.
	 * @param rows the rows whose column {@code region} names them
	 */
	public static String noted(String rows) {
		return """
				region_lock as materialized (
				  select pg_advisory_xact_lock_shared(%s)
				), noted as (
				  insert into run_region (region)
				  select distinct region from %s cross join region_lock
				  on conflict do nothing
				)""".formatted(LOCK, rows);
	}

	/** Forgets the Regions that have no run in flight, if there is time for it. */
	void forget(Collection<String> regions) {
		try {
			this.transaction.executeWithoutResult((status) -> {
				this.jdbc.sql(LIMIT_WAIT).update();
				this.jdbc.sql(LOCK_ALONE).query(Boolean.class).single();
				this.jdbc.sql(FORGET).param("regions", regions.toArray(String[]::new)).update();
			});
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("Regions without runs in flight are forgotten later", ex);
		}
	}

}
