package dev.distributeimage.run.intake;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import dev.distributeimage.run.Warning;
import dev.distributeimage.run.intake.RunInserts.Request;
import dev.distributeimage.run.postgres.Columns;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The database's answer to the insert of a run. */
sealed interface InsertResult {

	/** Returns null if the run was not inserted and the known one is not visible. */
	static @Nullable InsertResult of(ResultSet row) throws SQLException {
		if (!row.getBoolean("within_limit")) {
			return new LimitReached();
		}
		if (row.getBoolean("removed")) {
			return new Removed(row.getString("owner"));
		}
		UUID known = row.getObject("known", UUID.class);
		if (known != null) {
			return new Known(known, row.getString("owner"), row.getBoolean("same"), row.getBoolean("same_labels"),
					row.getBoolean("same_deadline"));
		}
		Instant createdAt = Columns.timeOrNull(row, "created_at");
		return (createdAt != null) ? Inserted.of(row, createdAt) : null;
	}

	/** The run was inserted. All JSON is in the database's text. */
	record Inserted(long number, Instant createdAt, Instant deadline, @Nullable String distributions,
			@Nullable String options, String labels, @Nullable String warnings, int weight) implements InsertResult {

		private static Inserted of(ResultSet row, Instant createdAt) throws SQLException {
			return new Inserted(row.getLong("number"), createdAt, Columns.time(row, "deadline"),
					row.getString("distributions"), row.getString("options"), row.getString("labels"),
					row.getString("warnings"), row.getInt("weight"));
		}

		/** The result for a run of this request, had it been inserted. */
		static Inserted rehearsed(Request request) {
			JsonNode distributions = request.run().input().distributions();
			return new Inserted(0, Instant.EPOCH, Instant.EPOCH, Objects.toString(distributions, null), null, "{}",
					null, 0);
		}

	}

	/**
	 * The token has a run already.
	 *
	 * @param same whether that run has the same inputs and owner
	 * @param sameDeadline whether that run was started with the same deadline
	 */
	record Known(UUID run, @Nullable String owner, boolean same, boolean sameLabels,
			boolean sameDeadline) implements InsertResult {

		/** Warnings about the differences that are allowed. */
		List<Warning> differences() {
			List<Warning> differences = new ArrayList<>();
			if (!this.sameLabels) {
				differences.add(new Warning("/labels", "The run was started with other labels, and keeps them."));
			}
			if (!this.sameDeadline) {
				differences.add(new Warning("/deadline", "The run was started with another deadline, and keeps it."));
			}
			return differences;
		}

	}

	/** The run of the token was removed. */
	record Removed(@Nullable String owner) implements InsertResult {
	}

	/** The owner has too many runs in flight. */
	record LimitReached() implements InsertResult {
	}

}
