package dev.distributeimage.run.view;

/** A search did not finish in time and was stopped. */
public class SearchTimeoutException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	SearchTimeoutException(Throwable cause) {
		super("The search did not finish in time", cause);
	}

}
