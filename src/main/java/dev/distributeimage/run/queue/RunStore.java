package dev.distributeimage.run.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

import dev.distributeimage.audit.AuditEvent;
import dev.distributeimage.run.postgres.Columns;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads and stores runs for callers' requests, with optimistic locking: every claim and
 * every outcome raises the version.
 */
@Component
public class RunStore {

	private static final String FIND = """
			select %s, version, cast(extract(epoch from own_deadline) * 1000000 as bigint) as own_deadline,
			  engine_now() as read_at, coalesce(configuration_removal = 'REMOVED', false) as configuration_removed,
			  exists (select from leftover where leftover.run_id = run.id and %s) as removal_under_way
			from run join run_input on run_id = id where id = :id""".formatted(RunRow.COLUMNS, RemovalQueue.UNDER_WAY);

	private final JdbcClient jdbc;

	private final RunRow row;

	private final RunWriter writer;

	RunStore(JdbcClient jdbc, RunRow row, RunWriter writer) {
		this.jdbc = jdbc;
		this.row = row;
		this.writer = writer;
	}

	/** Finds the run with the given id. */
	public Optional<StoredRun> find(UUID id) {
		return this.jdbc.sql(FIND).param("id", id).query((result, number) -> stored(result)).optional();
	}

	private StoredRun stored(ResultSet result) throws SQLException {
		Long micros = result.getObject("own_deadline", Long.class);
		return new StoredRun(this.row.run(result), result.getInt("version"),
				(micros != null) ? Duration.of(micros, ChronoUnit.MICROS) : null, Columns.time(result, "read_at"),
				removal(result));
	}

	private static StoredRun.Removal removal(ResultSet result) throws SQLException {
		if (result.getBoolean("configuration_removed")) {
			return StoredRun.Removal.DONE;
		}
		return result.getBoolean("removal_under_way") ? StoredRun.Removal.UNDER_WAY : StoredRun.Removal.NONE;
	}

	/**
	 * Stores a changed run.
	 * @param event the record of the request for the change, stored with it
	 * @param mostInFlight the maximum number of runs in flight of the run's owner, this
	 * one included; null for no limit
	 * @return false if the run has changed since it was read, or its owner has too many
	 * in flight
	 * @throws OutcomeUnknownException if the change may have been stored
	 * @throws DataAccessException if the change was not stored
	 */
	public boolean store(StoredRun run, AuditEvent event, @Nullable Integer mostInFlight) {
		return OutcomeUnknownException.unlessDefinite(() -> this.writer.write(run, event, mostInFlight));
	}

}
