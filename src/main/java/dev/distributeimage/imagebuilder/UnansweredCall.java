package dev.distributeimage.imagebuilder;

import java.io.InterruptedIOException;

import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

import org.springframework.core.NestedExceptionUtils;

/** Tells why a call got no response. */
final class UnansweredCall {

	private UnansweredCall() {
	}

	/**
	 * Says why a call got no response. The SDK's own message only says that it failed;
	 * the root cause says why.
	 */
	static String causeOf(SdkException ex) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(ex);
		return "No usable response (%s: %s)".formatted(cause.getClass().getSimpleName(), cause.getMessage());
	}

	// A host that swallows connection requests times out in the socket, at the same
	// moment.
	static boolean isTimeout(SdkException ex) {
		return ex instanceof ApiCallAttemptTimeoutException || ex instanceof ApiCallTimeoutException
				|| NestedExceptionUtils.getMostSpecificCause(ex) instanceof InterruptedIOException;
	}

}
