package dev.distributeimage.api.wire;

import java.io.IOException;
import java.util.function.Consumer;

import dev.distributeimage.api.contract.JsonBody;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.util.FastByteArrayOutputStream;

/**
 * A body that arrives in parts. No thread waits for it: the container calls when there is
 * something to read. The request goes on when the body is complete, or has failed.
 */
final class IncomingBody implements ReadListener, AsyncListener {

	/** A client may send twice the accepted size and still read that it is too large. */
	private static final int LONGEST = 3 * JsonBody.LIMIT;

	private static final int SLICE = 8 * 1024;

	private final FastByteArrayOutputStream bytes = new FastByteArrayOutputStream(1024);

	private final HttpServletRequest request;

	private final AsyncContext context;

	private final ServletInputStream in;

	private final MemoryPool memory;

	private final RefusedRequests refused;

	private final Consumer<ProblemException> finalAnswer;

	private long received;

	private int held;

	private boolean ended;

	private @Nullable ProblemException problem;

	/**
	 * Creates the body.
	 * @param finalAnswer answers a request whose connection is about to be closed
	 */
	IncomingBody(HttpServletRequest request, MemoryPool memory, RefusedRequests refused,
			Consumer<ProblemException> finalAnswer) throws IOException {
		this.request = request;
		this.context = request.startAsync();
		this.in = request.getInputStream();
		this.memory = memory;
		this.refused = refused;
		this.finalAnswer = finalAnswer;
	}

	/** Starts reading. Called once, by the request's own thread. */
	void begin() {
		this.context.setTimeout(RequestBodyFilter.LONGEST.toMillis());
		this.context.addListener(this);
		this.in.setReadListener(this);
	}

	/** The problem for which the body is not complete, or null. */
	synchronized @Nullable ProblemException problem() {
		return this.problem;
	}

	@Override
	public synchronized void onDataAvailable() throws IOException {
		byte[] slice = new byte[SLICE];
		while (!this.ended && this.in.isReady()) {
			int length = this.in.read(slice);
			if (length < 0) {
				// A client that has closed its side would never get as far as the event.
				onAllDataRead();
				return;
			}
			received(slice, length);
		}
	}

	// A body that is too large is read further, but not kept.
	private void received(byte[] slice, int length) throws IOException {
		this.received += length;
		int kept = Math.min(length, JsonBody.LIMIT + 1 - this.bytes.size());
		int needed = this.memory.kilobytes((long) this.bytes.size() + kept);
		if (needed > this.held && !this.memory.tryTake(needed - this.held)) {
			fail(this.refused
				.overloaded("Too many requests arrive slowly at the moment; this one was not carried out."));
			return;
		}
		this.held = Math.max(this.held, needed);
		this.bytes.write(slice, 0, kept);
		if (this.received > LONGEST) {
			fail(new ProblemException(ProblemType.TOO_LARGE, "The body must not be larger than 1 MiB."));
		}
	}

	@Override
	public synchronized void onAllDataRead() {
		if (!this.ended) {
			this.request.setAttribute(JsonBody.ATTRIBUTE, this.bytes.toByteArray());
			end();
		}
	}

	private void fail(ProblemException why) {
		this.problem = why;
		this.bytes.reset();
		release();
		end();
	}

	private void end() {
		this.ended = true;
		this.context.dispatch();
	}

	@Override
	public synchronized void onTimeout(AsyncEvent event) {
		if (!this.ended) {
			fail(new ProblemException(ProblemType.REQUEST_TIMEOUT,
					"The body was not complete after %d s; the request was not carried out."
						.formatted(RequestBodyFilter.LONGEST.toSeconds())));
		}
	}

	// The body is malformed, or the client has gone. Tomcat closes the connection.
	@Override
	public synchronized void onError(Throwable throwable) {
		release();
		if (!this.ended) {
			this.ended = true;
			this.finalAnswer
				.accept(new ProblemException(ProblemType.INVALID_REQUEST, "The body could not be read to its end."));
		}
	}

	@Override
	public synchronized void onError(AsyncEvent event) {
		this.ended = true;
		release();
	}

	@Override
	public synchronized void onComplete(AsyncEvent event) {
		release();
	}

	// The request is about to wait, or to be answered.
	@Override
	public synchronized void onStartAsync(AsyncEvent event) {
		release();
	}

	private void release() {
		this.request.removeAttribute(JsonBody.ATTRIBUTE);
		this.memory.giveBack(this.held);
		this.held = 0;
	}

}
