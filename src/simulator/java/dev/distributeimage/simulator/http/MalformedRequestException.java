package dev.distributeimage.simulator.http;

import java.io.IOException;

/** What came over the connection is not a request that can be handed on. */
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
