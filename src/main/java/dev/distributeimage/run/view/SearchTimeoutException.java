package dev.distributeimage.run.view;

/** A search had too much to look through and was given up. */
public class SearchTimeoutException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	SearchTimeoutException(Throwable cause) {
		super("The search had too much to look through", cause);
	}

}
