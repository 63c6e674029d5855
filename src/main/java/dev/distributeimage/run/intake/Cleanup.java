package dev.distributeimage.run.intake;

import dev.distributeimage.run.queue.CleanupSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Requests removals without a caller, where the settings say so. A removal that was given
 * up is not requested again.
 */
@Component
public class Cleanup {

	// One replica counts and requests at a time. A statement sees what was committed
	// before it began, so the lock is taken by a statement of its own.
	private static final String LOCK = "select pg_try_advisory_xact_lock(hashtext('leftover cleanup'))";

	private static final String LEFT_OF_THE_HOUR = """
			select cast(:most as integer) - cast(count(*) as integer) from leftover
			where automatic_at > engine_now() - interval '1 hour'""";

	// Nobody retries a run that has succeeded.
	private static final String REQUEST = RemovalRequests.of("""
			select leftover.id, leftover.run_id, run.version
			from leftover join run on run.id = leftover.run_id
			where leftover.kind = 'distribution-configuration' and leftover.closed_at is null
			  and leftover.requested_at is null and leftover.failure is null
			  and case when leftover.reason = 'superseded' then cast(:removesAfterSuccess as boolean)
			    else leftover.since <= engine_now() - cast(:after as interval) end
			  and not exists (select from configuration_user(leftover.resource, leftover.run_id))
			order by leftover.number limit :limit""", "null", "true", "");

	private static final Logger logger = LoggerFactory.getLogger(Cleanup.class);

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	private final CleanupSettings settings;

	/** Creates it for these settings. */
	public Cleanup(JdbcClient jdbc, TransactionTemplate transaction, CleanupSettings settings) {
		this.jdbc = jdbc;
		this.transaction = transaction;
		this.settings = settings;
	}

	/** Requests the removals that are due, as many as the hour allows. */
	public void requestDue() {
		if (!this.settings.isOn()) {
			return;
		}
		Integer requested = this.transaction
			.execute((status) -> this.jdbc.sql(LOCK).query(Boolean.class).single() ? request() : 0);
		if (requested != null && requested > 0) {
			logger.debug("{} distribution configurations that runs have left are to be removed", requested);
		}
	}

	private int request() {
		int left = this.jdbc.sql(LEFT_OF_THE_HOUR).param("most", this.settings.perHour()).query(Integer.class).single();
		return (left <= 0) ? 0
				: this.jdbc.sql(REQUEST)
					.param("removesAfterSuccess", this.settings.removesAfterSuccess())
					.param("after", this.settings.after().toString())
					.param("limit", left)
					.update();
	}

}
