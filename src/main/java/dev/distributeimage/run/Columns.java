package dev.distributeimage.run;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Reads times from a row. As a {@link java.sql.Timestamp} each would go through a
 * calendar.
 */
final class Columns {

	private Columns() {
	}

	static Instant time(ResultSet row, String column) throws SQLException {
		return Objects.requireNonNull(timeOrNull(row, column), column);
	}

	static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

}
