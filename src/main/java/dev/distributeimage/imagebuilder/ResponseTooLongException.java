package dev.distributeimage.imagebuilder;

/** A response over the limit of {@code distribute-image.aws.max-response}. */
class ResponseTooLongException extends UnreadResponseException {

	private static final long serialVersionUID = 1L;

	ResponseTooLongException(long maxBytes) {
		super("The response is longer than distribute-image.aws.max-response (%,d bytes)".formatted(maxBytes));
	}

}
