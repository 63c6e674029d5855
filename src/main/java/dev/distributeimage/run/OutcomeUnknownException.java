package dev.distributeimage.run;

/**
 * The database went away in the middle of a request, which may have been stored or not.
 */
public class OutcomeUnknownException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	OutcomeUnknownException(Throwable cause) {
		super("The database went away in the middle of the request, which may have been stored or not", cause);
	}

}
