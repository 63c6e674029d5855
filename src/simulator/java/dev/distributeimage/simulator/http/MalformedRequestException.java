package dev.distributeimage.simulator.http;

import java.io.IOException;

/** Input that cannot be passed on as a request. */
public final class MalformedRequestException extends IOException {

	private static final long serialVersionUID = 1L;

	private final int status;

	MalformedRequestException(int status, String message) {
		super(message);
		this.status = status;
	}

	public int status() {
		return this.status;
	}

}
