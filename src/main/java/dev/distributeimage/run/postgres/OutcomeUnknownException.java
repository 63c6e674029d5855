package dev.distributeimage.run.postgres;

import java.util.function.Supplier;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.TransactionException;

/**
 * Thrown if a caller cannot be told whether a write was stored, or how: the connection
 * was lost, the statement took too long, or its result cannot be read.
 */
public class OutcomeUnknownException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public OutcomeUnknownException(Throwable cause) {
		super("The database did not tell whether the request was stored, or how", cause);
	}

	/**
	 * Runs a write, and distinguishes a failure that stored nothing from one that may
	 * have stored it.
	 * @return the result of the statement
	 * @throws OutcomeUnknownException if the write may have been stored
	 * @throws DataAccessException if the write was not stored
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
	 * Reads the result of a completed write.
	 * @throws OutcomeUnknownException if the result cannot be read: the write must not be
	 * reported as failed
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
	// A full disk, too many connections and the like are reported before the commit. If
	// such an error brings the server down, the lost connection is reported after it.
	private static boolean mayBeStored(DataAccessException ex) {
		return ex instanceof DataAccessResourceFailureException && !(ex instanceof CannotGetJdbcConnectionException)
				&& DatabaseFailures.isLostConnection(ex);
	}

}
