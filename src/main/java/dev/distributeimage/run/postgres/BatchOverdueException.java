package dev.distributeimage.run.postgres;

import org.springframework.dao.DataAccessResourceFailureException;

/** Thrown if an item waited too long for its batch; it was not stored. */
public class BatchOverdueException extends DataAccessResourceFailureException {

	private static final long serialVersionUID = 1L;

	public BatchOverdueException() {
		super("No batch took the item in time");
	}

}
