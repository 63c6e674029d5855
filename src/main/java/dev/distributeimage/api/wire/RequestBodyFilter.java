package dev.distributeimage.api.wire;

import java.io.IOException;
import java.time.Duration;

import dev.distributeimage.api.problem.ProblemException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Reads the body of a request before anything else is done. A body that has not arrived
 * with the head is read without a thread: thousands of slow senders hold none. This is
 * done for every path and method, because Tomcat would read what is left over after the
 * response, with a thread.
 */
@Component
@ConditionalOnWebApplication
@Order(Ordered.HIGHEST_PRECEDENCE)
class RequestBodyFilter extends OncePerRequestFilter {

	/** The time within which a body must be complete. */
	static final Duration LONGEST = Duration.ofSeconds(20);

	private static final String BODY = RequestBodyFilter.class.getName() + ".body";

	/** Stands for a body that need not be read any more. */
	private static final Object COMPLETE = new Object();

	private final BodyMemory memory;

	private final ResponseMemory responses;

	private final RefusedRequests refused;

	private final HandlerExceptionResolver problems;

	RequestBodyFilter(BodyMemory memory, ResponseMemory responses, RefusedRequests refused,
			@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
		this.memory = memory;
		this.responses = responses;
		this.refused = refused;
		this.problems = problems;
	}

	@Override
	protected boolean shouldNotFilterAsyncDispatch() {
		return false;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (request.getAttribute(BODY) instanceof IncomingBody body) {
			goOn(body, request, response, chain);
		}
		else if (!hasBody(request) || request.getAttribute(BODY) != null) {
			chain.doFilter(request, response);
		}
		else if (hasArrived(request)) {
			request.setAttribute(BODY, COMPLETE);
			chain.doFilter(request, response);
		}
		else {
			IncomingBody body = new IncomingBody(request, this.memory.arriving(), this.refused,
					(problem) -> answer(problem, request, response));
			request.setAttribute(BODY, body);
			body.begin();
		}
	}

	// Unread parts of the body are not waited for: the connection closes.
	private void goOn(IncomingBody body, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		request.setAttribute(BODY, COMPLETE);
		ProblemException problem = body.problem();
		if (problem == null) {
			chain.doFilter(new Complete(request), response);
		}
		else {
			answer(problem, request, response);
		}
	}

	private void answer(ProblemException problem, HttpServletRequest request, HttpServletResponse response) {
		response.setHeader(HttpHeaders.CONNECTION, "close");
		ResponseBuffer buffer = new ResponseBuffer(response, this.responses.share(request));
		this.problems.resolveException(request, buffer, null, problem);
		try {
			buffer.send();
		}
		catch (IOException ex) {
			logger.debug("The client has disconnected", ex);
		}
	}

	private static boolean hasBody(HttpServletRequest request) {
		return request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
	}

	private static boolean hasArrived(HttpServletRequest request) throws IOException {
		long length = request.getContentLengthLong();
		return length > 0 && request.getInputStream().available() >= length;
	}

	/**
	 * A request whose body is complete. It starts only now, although the container has
	 * dispatched it a second time: no filter may pass it over.
	 */
	private static final class Complete extends HttpServletRequestWrapper {

		Complete(HttpServletRequest request) {
			super(request);
		}

		@Override
		public DispatcherType getDispatcherType() {
			return DispatcherType.REQUEST;
		}

	}

}
