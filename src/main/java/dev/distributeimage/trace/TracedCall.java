package dev.distributeimage.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * A call to AWS in a trace, by OpenTelemetry's conventions for AWS SDKs. AWS's messages
 * are no part of it: they may quote secrets.
 */
public final class TracedCall {

	static final TracedCall UNRECORDED = new TracedCall(Span.getInvalid());

	private final Span span;

	TracedCall(Span span) {
		this.span = span;
	}

	/** AWS has answered as it should. */
	public void answered(ResponseFacts response) {
		ended(response);
	}

	/**
	 * AWS has refused the call, or has not answered.
	 * @param error AWS's error code, or the kind of the failure
	 */
	public void failed(String error, ResponseFacts response) {
		this.span.setAttribute("error.type", error).setStatus(StatusCode.ERROR);
		ended(response);
	}

	private void ended(ResponseFacts response) {
		if (response.status() != 0) {
			this.span.setAttribute("http.response.status_code", response.status());
		}
		if (response.requestId() != null) {
			this.span.setAttribute("aws.request_id", response.requestId());
		}
		this.span.end();
	}

	/**
	 * Facts about a response.
	 *
	 * @param status the HTTP status, or 0 without a response
	 * @param requestId AWS's id of the request, or null
	 */
	public record ResponseFacts(int status, @Nullable String requestId) {
	}

}
