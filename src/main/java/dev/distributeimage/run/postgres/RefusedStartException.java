package dev.distributeimage.run.postgres;

/** Ends the start with a sentence that says what to set. */
class RefusedStartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	RefusedStartException(String sentence) {
		super(sentence);
	}

}
