package dev.distributeimage.security;

import java.io.IOException;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Answers TRACE with 405 and the methods that OPTIONS has listed for the path
 * ({@link WireAdapter}).
 */
class TraceValve extends ValveBase {

	TraceValve() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		getNext().invoke(request, response);
		// A body that is still arriving postpones the answer.
		if (request.getAttribute(WireAdapter.TRACE) != null && !request.isAsync() && !response.isError()
				&& !response.isCommitted()) {
			response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
		}
	}

}
