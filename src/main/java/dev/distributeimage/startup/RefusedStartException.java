package dev.distributeimage.startup;

/** Ends the start with a sentence that says what to set. */
public class RefusedStartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public RefusedStartException(String sentence) {
		super(sentence);
	}

}
