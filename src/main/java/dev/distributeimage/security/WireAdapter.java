package dev.distributeimage.security;

import java.io.IOException;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.CoyoteAdapter;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.apache.coyote.Response;

/**
 * The door that every request passes, also those that Tomcat answers alone: gives each
 * answer its security headers.
 */
class WireAdapter extends CoyoteAdapter {

	/** Marks a TRACE that is served as OPTIONS. */
	static final String TRACE = WireAdapter.class.getName() + ".trace";

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
		if ("TRACE".equals(request.getMethod())) {
			// Tomcat would list each method that any path may have.
			request.setMethod("OPTIONS");
			request.setAttribute(TRACE, true);
		}
		super.service(request, response);
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
