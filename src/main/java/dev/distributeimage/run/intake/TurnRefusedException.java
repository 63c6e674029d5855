package dev.distributeimage.run.intake;

import org.springframework.dao.DataAccessResourceFailureException;

/** There were too many others before a request; nothing was done for it. */
public class TurnRefusedException extends DataAccessResourceFailureException {

	private static final long serialVersionUID = 1L;

	public TurnRefusedException() {
		super("No turn ended in time");
	}

}
