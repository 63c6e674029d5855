package dev.distributeimage.run.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Reads times and JSON from a row. */
public final class Columns {

	private Columns() {
	}

	public static Instant time(ResultSet row, String column) throws SQLException {
		return Objects.requireNonNull(timeOrNull(row, column), column);
	}

	// A java.sql.Timestamp would be converted through a calendar.
	public static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

	public static <T> @Nullable T jsonOrNull(ResultSet row, String column, Class<T> type, JsonMapper json)
			throws SQLException {
		String text = row.getString(column);
		return (text != null) ? json.readValue(text, type) : null;
	}

}
