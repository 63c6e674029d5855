package dev.distributeimage.run.postgres;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

/** Tells failures of the database that pass from those that are the rows' fault. */
public final class DatabaseFailures {

	private DatabaseFailures() {
	}

	/**
	 * Whether it is no connection, a lost one, a deadlock, or a server that restarts, is
	 * full or has become a standby. The cause may be deep down, and have causes itself.
	 */
	public static boolean isPassing(Throwable ex) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof CannotGetJdbcConnectionException || cause instanceof TransientDataAccessException
					|| cause instanceof SQLTransientConnectionException
					|| (cause instanceof SQLException sql && isPassing(sql.getSQLState()))) {
				return true;
			}
		}
		return false;
	}

	// The pool says without a state that a connection is closed.
	private static boolean isPassing(@Nullable String state) {
		return state == null || state.startsWith("08") || state.startsWith("40") || state.startsWith("53")
				|| state.startsWith("57P") || state.equals("25006");
	}

}
