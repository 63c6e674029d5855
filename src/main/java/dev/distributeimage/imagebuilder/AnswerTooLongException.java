package dev.distributeimage.imagebuilder;

/** An answer over the limit of {@code distribute-image.aws.max-answer}. */
class AnswerTooLongException extends UnreadAnswerException {

	private static final long serialVersionUID = 1L;

	AnswerTooLongException(long maxBytes) {
		super("The response is longer than distribute-image.aws.max-answer (%,d bytes)".formatted(maxBytes));
	}

}
