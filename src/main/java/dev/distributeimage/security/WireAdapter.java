package dev.distributeimage.security;

import java.io.IOException;
import java.util.Optional;

import dev.distributeimage.caller.Requester;
import dev.distributeimage.trace.TraceParent;
import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.CoyoteAdapter;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;
import org.slf4j.MDC;

/**
 * The door that every request passes, also those that Tomcat answers alone: notes whom it
 * is connected to, gives each answer its security headers and the id of its request, and
 * each line of the log the request's id and trace.
 */
class WireAdapter extends CoyoteAdapter {

	/** The address of the other end of the connection, which no header changes. */
	static final String PEER = WireAdapter.class.getName() + ".peer";

	/** Marks a TRACE that is served as OPTIONS. */
	static final String TRACE = WireAdapter.class.getName() + ".trace";

	private static final String TRACE_ID = WireAdapter.class.getName() + ".traceId";

	private final Connector connector;

	WireAdapter(Connector connector) {
		super(connector);
		this.connector = connector;
	}

	@Override
	public void service(Request request, Response response) throws Exception {
		if (isHttp09(request)) {
			// An answer without a head could not carry the headers.
			response.action(ActionCode.CLOSE_NOW, null);
			return;
		}
		SecurityHeaders.set(response, this.connector.getSecure());
		request.action(ActionCode.REQ_PEER_ADDR_ATTRIBUTE, null);
		request.setAttribute(PEER, request.peerAddr().toString());
		String id = RequestIds.of(request);
		request.setAttribute(Requester.REQUEST_ID, id);
		response.setHeader(RequestIds.HEADER, id);
		trace(request, response);
		if ("TRACE".equals(request.getMethod())) {
			// Tomcat would list each method that any path may have.
			request.setMethod("OPTIONS");
			request.setAttribute(TRACE, true);
		}
		nameInLog(request);
		try {
			super.service(request, response);
		}
		finally {
			forgetInLog();
		}
	}

	@Override
	public boolean asyncDispatch(Request request, Response response, SocketEvent status) throws Exception {
		nameInLog(request);
		try {
			return super.asyncDispatch(request, response, status);
		}
		finally {
			forgetInLog();
		}
	}

	// Nothing behind this door sees a header that is invalid, or the texts that callers
	// may send along.
	private static void trace(Request request, Response response) {
		Optional<TraceParent> trace = TraceParent.of(request.getMimeHeaders().values(TraceParent.HEADER));
		if (trace.isPresent()) {
			request.setAttribute(TRACE_ID, trace.get().traceId());
			response.setHeader(TraceParent.HEADER, trace.get().toString());
		}
		else {
			request.getMimeHeaders().removeHeader(TraceParent.HEADER);
		}
		request.getMimeHeaders().removeHeader("tracestate");
		request.getMimeHeaders().removeHeader("baggage");
	}

	private static void nameInLog(Request request) {
		MDC.put(RequestIds.LOGGED, String.valueOf(request.getAttribute(Requester.REQUEST_ID)));
		Object traceId = request.getAttribute(TRACE_ID);
		if (traceId != null) {
			MDC.put(TraceParent.LOGGED, traceId.toString());
		}
	}

	private static void forgetInLog() {
		MDC.remove(RequestIds.LOGGED);
		MDC.remove(TraceParent.LOGGED);
	}

	// Tomcat answers "OPTIONS *" here, and lists methods that no path has.
	@Override
	protected boolean postParseRequest(Request request, org.apache.catalina.connector.Request servletRequest,
			Response response, org.apache.catalina.connector.Response servletResponse)
			throws IOException, ServletException {
		boolean goesOn = super.postParseRequest(request, servletRequest, response, servletResponse);
		if (!goesOn) {
			response.getMimeHeaders().removeHeader("Allow");
		}
		return goesOn;
	}

	private static boolean isHttp09(Request request) {
		return !request.protocol().isNull() && request.protocol().toString().isEmpty();
	}

}
