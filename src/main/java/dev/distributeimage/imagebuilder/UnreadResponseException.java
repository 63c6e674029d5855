package dev.distributeimage.imagebuilder;

import java.io.IOException;

/** A response that arrived and that this service does not read to its end. */
class UnreadResponseException extends IOException {

	private static final long serialVersionUID = 1L;

	UnreadResponseException(String message) {
		super(message);
	}

}
