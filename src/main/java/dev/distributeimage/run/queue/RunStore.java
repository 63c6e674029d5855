package dev.distributeimage.run.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

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
			  engine_now() as read_at
			from run join run_input on run_id = id where id = :id""".formatted(RunRow.COLUMNS);

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
				(micros != null) ? Duration.of(micros, ChronoUnit.MICROS) : null, Columns.time(result, "read_at"));
	}

	/**
	 * Stores a changed run.
	 * @param by the caller who has asked for the change, if there is a sign-in
	 * @return false if the run has changed since it was read
	 * @throws OutcomeUnknownException if the change may have been stored
	 * @throws DataAccessException if the change was not stored
	 */
	public boolean store(StoredRun run, @Nullable String by) {
		return OutcomeUnknownException.unlessDefinite(() -> this.writer.write(run, by));
	}

}
