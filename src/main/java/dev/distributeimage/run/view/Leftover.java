package dev.distributeimage.run.view;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;

import dev.distributeimage.aws.Place;
import dev.distributeimage.run.LeftoverKind;
import dev.distributeimage.run.LeftoverReason;
import dev.distributeimage.run.RemovalFailure;
import dev.distributeimage.run.postgres.Columns;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Something that a run has left in AWS.
 *
 * @param number its place among all, in the order of their time
 * @param resource the ARN of a distribution configuration, or the id of an AMI
 * @param since when the run ceased to need it
 * @param owner to whom the run belongs; null without sign-in
 * @param removedAt when it was removed, or null
 * @param removal the removal that was requested, or null
 * @param failure why it is not removed yet, or why the last removal was given up
 */
public record Leftover(UUID id, long number, UUID run, LeftoverKind kind, LeftoverReason reason, String resource,
		Place place, Instant since, @Nullable String owner, @Nullable Instant removedAt, @Nullable Removal removal,
		@Nullable RemovalFailure failure) {

	/** Columns that {@link #of} reads. */
	static final String COLUMNS = """
			leftover.id, leftover.number, leftover.run_id, leftover.kind, leftover.reason, leftover.resource, leftover.region,
			  leftover.account, leftover.since, leftover.owner, leftover.closed_at, leftover.requested_at,
			  leftover.requested_by, leftover.automatic, leftover.attempts, leftover.next_attempt_at, leftover.failure""";

	/**
	 * A removal that was requested.
	 *
	 * @param by the caller who requested it; null without sign-in, and for the service
	 * @param automatic whether the service requested it by itself
	 * @param attempts the number of consecutive failed attempts
	 * @param nextAttemptAt when the next attempt is due; null once it has ended
	 */
	public record Removal(Instant requestedAt, @Nullable String by, boolean automatic, int attempts,
			@Nullable Instant nextAttemptAt) {
	}

	static Leftover of(ResultSet row, JsonMapper json) throws SQLException {
		Instant requestedAt = Columns.timeOrNull(row, "requested_at");
		Removal removal = (requestedAt != null) ? new Removal(requestedAt, row.getString("requested_by"),
				row.getBoolean("automatic"), row.getInt("attempts"), Columns.timeOrNull(row, "next_attempt_at")) : null;
		return new Leftover(row.getObject("id", UUID.class), row.getLong("number"), row.getObject("run_id", UUID.class),
				LeftoverKind.of(row.getString("kind")).orElseThrow(), LeftoverReason.of(row.getString("reason")),
				row.getString("resource"), new Place(row.getString("account"), row.getString("region")),
				Columns.time(row, "since"), row.getString("owner"), Columns.timeOrNull(row, "closed_at"), removal,
				Columns.jsonOrNull(row, "failure", RemovalFailure.class, json));
	}

}
