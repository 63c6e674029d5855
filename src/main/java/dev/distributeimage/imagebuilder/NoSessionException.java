package dev.distributeimage.imagebuilder;

import org.jspecify.annotations.Nullable;

/** The lack of a session, for which nothing was sent to Image Builder. */
class NoSessionException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final FailedCall call;

	NoSessionException(FailedCall call, @Nullable Throwable cause) {
		super(call.details(), cause);
		this.call = call;
	}

	/** The failure of the call that the session was for. */
	FailedCall call() {
		return this.call;
	}

}
