package dev.distributeimage.run.postgres;

import org.springframework.dao.DataAccessResourceFailureException;

/** An item waited too long for its batch; nothing was done for it. */
public class BatchOverdueException extends DataAccessResourceFailureException {

	private static final long serialVersionUID = 1L;

	public BatchOverdueException() {
		super("No batch took the item in time");
	}

}
