package dev.distributeimage.caller;

import java.util.Objects;

import jakarta.servlet.http.HttpServletRequest;

/**
 * The sender of a request, and the circumstances that are recorded.
 *
 * @param address the peer's address, or that which a trusted proxy gives
 * @param requestId the name of the request in the response and in the log
 */
public record Requester(Caller caller, String address, String requestId) {

	/** The request's attribute that has its id, as a text. */
	public static final String REQUEST_ID = Requester.class.getName() + ".requestId";

	/** The sender of a request, who need not have signed in. */
	public static Requester of(HttpServletRequest request) {
		return new Requester(Caller.orStranger(request), Objects.toString(request.getRemoteAddr(), ""),
				Objects.toString(request.getAttribute(REQUEST_ID), ""));
	}

}
