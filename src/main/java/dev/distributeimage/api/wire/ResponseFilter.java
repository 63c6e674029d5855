package dev.distributeimage.api.wire;

import java.io.IOException;
import java.util.concurrent.Semaphore;

import dev.distributeimage.api.wire.ResponseMemory.Share;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.tomcat.autoconfigure.TomcatServerProperties;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.WebUtils;

/**
 * Sends every response with a Content-Length and without waiting for its reader: the
 * small ones in one packet, which is half as expensive as chunked encoding and fits into
 * the socket's buffer, the others by a {@link ResponseWriter}. Event streams bypass it.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class ResponseFilter extends OncePerRequestFilter {

	private final ResponseMemory memory;

	/**
	 * Threads that may write a small response the quick way. A client that pipelines
	 * requests and reads nothing would hold one for 20 s.
	 */
	private final Semaphore writers;

	ResponseFilter(ResponseMemory memory, ObjectProvider<TomcatServerProperties> tomcat) {
		this.memory = memory;
		this.writers = new Semaphore(
				Math.max(1, tomcat.getIfAvailable(TomcatServerProperties::new).getThreads().getMax() / 4));
	}

	@Override
	protected boolean shouldNotFilterAsyncDispatch() {
		return false;
	}

	@Override
	protected boolean shouldNotFilterErrorDispatch() {
		return false;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		Share share = this.memory.share(request);
		// A request that waited comes back with the response that it had before.
		@Nullable ResponseBuffer known = WebUtils.getNativeResponse(response, ResponseBuffer.class);
		ResponseBuffer buffer = (known != null) ? known : new ResponseBuffer(response, share);
		boolean complete = false;
		try {
			chain.doFilter(request, (known != null) ? response : buffer);
			complete = true;
		}
		finally {
			if (!complete) {
				share.release();
			}
		}
		if (!request.isAsyncStarted()) {
			send(request, buffer, share);
		}
	}

	private void send(HttpServletRequest request, ResponseBuffer buffer, Share share) throws IOException {
		int size = buffer.size();
		HttpServletResponse response = (HttpServletResponse) buffer.getResponse();
		if (size == 0 || request.getMethod().equals("HEAD")) {
			if (size > 0) {
				response.setContentLength(size);
			}
			share.release();
			return;
		}
		share.shrinkTo(size);
		if (size > ResponseMemory.TINY || !this.writers.tryAcquire()) {
			response.setContentLength(size);
			new ResponseWriter(request.startAsync(), response.getOutputStream(), buffer, share).begin();
			return;
		}
		try {
			buffer.send();
		}
		finally {
			this.writers.release();
			share.release();
		}
	}

}
