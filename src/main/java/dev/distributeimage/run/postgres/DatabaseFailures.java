package dev.distributeimage.run.postgres;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Classifies database failures by PostgreSQL's SQL states. The SQL exception may be
 * nested at any depth, or chained to another one.
 */
public final class DatabaseFailures {

	private DatabaseFailures() {
	}

	/**
	 * Whether the same statement may succeed later: the database is unreachable, full or
	 * read-only, or the transaction lost a conflict. Any other failure is due to the
	 * statement or its rows.
	 */
	public static boolean isTransient(Throwable ex) {
		return isUnreachable(ex) || isOutOfResourcesOrReadOnly(ex)
				|| anyCause(ex, (cause) -> cause instanceof TransientDataAccessException || hasState(cause, "40"));
	}

	/** Whether no connection was available, or one was lost. */
	public static boolean isUnreachable(Throwable ex) {
		return isLostConnection(ex) || anyCause(ex, (cause) -> cause instanceof CannotGetJdbcConnectionException
				|| cause instanceof CannotCreateTransactionException || isNoConnection(cause));
	}

	/**
	 * Whether the connection was lost, and possibly the answer to a statement with it.
	 */
	public static boolean isLostConnection(Throwable ex) {
		return anyCause(ex, (cause) -> hasState(cause, "08", "57P") || isClosed(cause));
	}

	/**
	 * Whether the database accepts no writes: it has run out of disk, memory or
	 * connections, or it is read-only like a standby.
	 */
	public static boolean isOutOfResourcesOrReadOnly(Throwable ex) {
		return anyCause(ex, (cause) -> hasState(cause, "53", "25006"));
	}

	/**
	 * Whether PostgreSQL was not reached, is starting, or has no connection left. Here
	 * the pool's exception counts too, which has the state of its last attempt.
	 */
	static boolean isNotReady(SQLException ex) {
		String state = String.valueOf(ex.getSQLState());
		return Stream.of("08", "57P", "53300").anyMatch(state::startsWith);
	}

	/** Whether PostgreSQL cancelled the statement because it took too long. */
	public static boolean isStatementTimeout(Throwable ex) {
		return anyCause(ex, (cause) -> hasState(cause, "57014"));
	}

	private static boolean anyCause(Throwable ex, Predicate<Throwable> condition) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (condition.test(cause) || (cause instanceof SQLException sql
					&& StreamSupport.stream(sql.spliterator(), false).anyMatch(condition))) {
				return true;
			}
		}
		return false;
	}

	private static boolean hasState(Throwable cause, String... prefixes) {
		if (!(cause instanceof SQLException sql) || sql.getSQLState() == null || isNoConnection(cause)) {
			return false;
		}
		for (String prefix : prefixes) {
			if (sql.getSQLState().startsWith(prefix)) {
				return true;
			}
		}
		return false;
	}

	// The pool throws this when no connection is free, with the state of its last
	// attempt.
	private static boolean isNoConnection(Throwable cause) {
		return cause instanceof SQLTransientConnectionException;
	}

	// The pool sets no state if a connection is closed.
	private static boolean isClosed(Throwable cause) {
		return cause instanceof SQLException sql && sql.getSQLState() == null && !isNoConnection(cause);
	}

}
