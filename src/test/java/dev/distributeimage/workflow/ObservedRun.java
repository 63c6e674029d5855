package dev.distributeimage.workflow;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/** A run as stored, with a summary of its history. */
record ObservedRun(UUID id, RunStatus status, StepId step, @Nullable Instant dueAt, @Nullable Instant claimedAt,
		long version, int attempts, Instant deadline, @Nullable String configurationArn, boolean configurationRead,
		@Nullable String imageArn, @Nullable String finalStatus, @Nullable String imageStatus, @Nullable String failure,
		boolean cancelRequested, int retries, long lastEvent, Instant updatedAt, @Nullable Instant finishedAt,
		List<String> events, boolean gapless) {

	private static final String ALL = """
			select run.*, distributions_read is not null as configuration_read, failure ->> 'operation' as operation, failure ->> 'code' as code,
			  jsonb_array_length(retries) as retried, events, numbers, failure is not null as failed,
			  case when next_attempt_at is not null then greatest(next_attempt_at, claimed_until) end as due_at
			from run join run_input on run_id = id cross join lateral (
			  select array_agg(concat_ws(' ', type, run_event.step, detail ->> 'operation', detail ->> 'code',
			      detail ->> 'action', detail ->> 'status', detail ->> 'finalStatus',
			      detail ->> 'distributionConfigurationArn', detail ->> 'imageBuildVersionArn') order by sequence) as events,
			    min(sequence) = 1 and max(sequence) = count(*) as numbers
			  from run_event where run_event.number = run.number) history
			order by run.number""";

	static List<ObservedRun> all(JdbcClient jdbc) {
		return jdbc.sql(ALL).query((row, number) -> of(row)).list();
	}

	private static ObservedRun of(ResultSet row) throws SQLException {
		String operation = row.getString("operation");
		String code = row.getString("code");
		return new ObservedRun(row.getObject("id", UUID.class), RunStatus.valueOf(row.getString("status")),
				StepId.of(row.getString("step")), instant(row, "due_at"), instant(row, "claimed_at"),
				row.getLong("version"), row.getInt("attempts"), required(row, "deadline"),
				row.getString("distribution_configuration_arn"), row.getBoolean("configuration_read"),
				row.getString("image_build_version_arn"), row.getString("final_status"), row.getString("image_status"),
				row.getBoolean("failed") ? operation + " " + code : null, row.getObject("cancel_requested_at") != null,
				row.getInt("retried"), row.getLong("last_event"), required(row, "updated_at"),
				instant(row, "finished_at"), List.of((String[]) row.getArray("events").getArray()),
				row.getBoolean("numbers"));
	}

	private static Instant required(ResultSet row, String column) throws SQLException {
		return row.getObject(column, OffsetDateTime.class).toInstant();
	}

	private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

	boolean isRunning() {
		return this.status == RunStatus.RUNNING;
	}

	/**
	 * Checks the run against its previous state: nothing goes back, and the past does not
	 * change.
	 */
	void follows(@Nullable ObservedRun before, Complaints complaints) {
		complaints.unless(isRunning() == (this.dueAt != null), "Run %s is %s and due at %s", this.id, this.status,
				this.dueAt);
		complaints.unless(isRunning() == (this.finishedAt == null), "Run %s is %s, finished at %s", this.id,
				this.status, this.finishedAt);
		complaints.unless(this.gapless && this.lastEvent == this.events.size(), "The history has a gap: %s",
				this.events);
		if (before == null) {
			return;
		}
		int past = before.events.size();
		boolean news = this.events.size() > past;
		complaints.unless(this.version >= before.version, "The version goes back to %s", this.version);
		complaints.unless(!this.updatedAt.isBefore(before.updatedAt), "updatedAt goes back to %s", this.updatedAt);
		complaints.unless(news || this.updatedAt.equals(before.updatedAt), "It is updated without an event");
		complaints.unless(this.events.size() >= past && this.events.subList(0, past).equals(before.events),
				"The past has changed");
	}

}
