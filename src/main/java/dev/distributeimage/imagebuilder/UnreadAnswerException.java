package dev.distributeimage.imagebuilder;

import java.io.IOException;

/** An answer that arrived and that this service does not read to its end. */
class UnreadAnswerException extends IOException {

	private static final long serialVersionUID = 1L;

	UnreadAnswerException(String message) {
		super(message);
	}

}
