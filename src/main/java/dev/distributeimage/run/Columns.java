package dev.distributeimage.run;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Reads times and JSON from a row. */
final class Columns {

	private Columns() {
	}

	static Instant time(ResultSet row, String column) throws SQLException {
		return Objects.requireNonNull(timeOrNull(row, column), column);
	}

	// As a java.sql.Timestamp it would go through a calendar.
	static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

	static <T> @Nullable T jsonOrNull(ResultSet row, String column, Class<T> type, JsonMapper json)
			throws SQLException {
		String text = row.getString(column);
		return (text != null) ? json.readValue(text, type) : null;
	}

}
