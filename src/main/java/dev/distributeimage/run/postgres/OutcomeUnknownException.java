package dev.distributeimage.run.postgres;

import java.util.function.Supplier;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.TransactionException;

/**
 * The database went away in the middle of a request, which may have been stored or not.
 */
public class OutcomeUnknownException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public OutcomeUnknownException(Throwable cause) {
		super("The database went away in the middle of the request, which may have been stored or not", cause);
	}

	/**
	 * Carries a statement out, and tells a failure that stored nothing from one that may
	 * have.
	 * @return what it gives
	 * @throws OutcomeUnknownException if it may be stored
	 * @throws DataAccessException if it is not
	 */
	public static <T> T unlessDefinite(Supplier<T> statement) {
		try {
			return statement.get();
		}
		catch (DataAccessException ex) {
			throw mayBeStored(ex) ? new OutcomeUnknownException(ex) : ex;
		}
	}

	/**
	 * Reads what a request that was carried out has left.
	 * @throws OutcomeUnknownException if it cannot be read: the request must not be
	 * called a failure
	 */
	public static <T> T afterwards(Supplier<T> read) {
		try {
			return read.get();
		}
		catch (DataAccessException | TransactionException ex) {
			throw new OutcomeUnknownException(ex);
		}
	}

	// A statement that reached the server may be committed although its answer was lost.
	// Disk full, too many connections and the like come before the commit, unless the
	// server went down over it: then the lost connection is told after the error.
	private static boolean mayBeStored(DataAccessException ex) {
		return ex instanceof DataAccessResourceFailureException && !(ex instanceof CannotGetJdbcConnectionException)
				&& DatabaseFailures.isLostConnection(ex);
	}

}
