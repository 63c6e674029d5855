package dev.distributeimage.run.view;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.PastAttempt;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.postgres.Columns;

/**
 * Shows runs to callers. Reads what is shown and nothing else: the whole of a run's row,
 * by way of Hibernate, took a quarter of a request's time.
 */
@Component
public class RunSnapshots {

	private static final String SEEN = """
			select id, status, step, account, distribution_configuration_arn, image_build_version_arn, final_status,
			  %s, failure, attempts, retries, last_event,
			  case when claimed_at is null then next_attempt_at end as next_attempt_at, deadline, cancel_requested_at,
			  updated_at, finished_at, engine_now() as read_at, %s
			from run join run_input on run_id = id
			""".formatted(Image.COLUMNS, RunInput.COLUMNS);

	private final JdbcClient jdbc;

	private final JsonMapper json;

	RunSnapshots(JdbcClient jdbc, JsonMapper json) {
		this.jdbc = jdbc;
		this.json = json;
	}

	/** The run of that id. */
	public Optional<RunSnapshot> find(UUID id) {
		return this.jdbc.sql(SEEN + "where id = :id").param("id", id).query((row, number) -> seen(row)).optional();
	}

	/** The runs of these ids, as far as there are any. */
	public List<RunSnapshot> all(Collection<UUID> ids) {
		return this.jdbc.sql(SEEN + "where id = any (cast(:ids as uuid[]))")
			.param("ids", ids.stream().map(UUID::toString).toArray(String[]::new))
			.query((row, number) -> seen(row))
			.list();
	}

	private RunSnapshot seen(ResultSet row) throws SQLException {
		PastAttempt.Outputs outputs = new PastAttempt.Outputs(row.getString("distribution_configuration_arn"),
				row.getString("image_build_version_arn"), row.getString("final_status"));
		return new RunSnapshot(row.getObject("id", UUID.class), RunStatus.valueOf(row.getString("status")),
				StepId.of(row.getString("step")), row.getString("account"), RunInput.of(row, this.json), outputs,
				Image.of(row, this.json), Columns.jsonOrNull(row, "failure", Failure.class, this.json),
				row.getInt("attempts"), times(row), PastAttempt.of(row, this.json), row.getLong("last_event"));
	}

	private static RunSnapshot.Times times(ResultSet row) throws SQLException {
		return new RunSnapshot.Times(Columns.timeOrNull(row, "next_attempt_at"), Columns.time(row, "deadline"),
				Columns.timeOrNull(row, "cancel_requested_at"), Columns.time(row, "updated_at"),
				Columns.timeOrNull(row, "finished_at"), Columns.time(row, "read_at"));
	}

}
