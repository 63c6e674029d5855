package dev.distributeimage.api.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;

import dev.distributeimage.api.wire.ResponseMemory.Share;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.util.FastByteArrayOutputStream;

/**
 * Keeps the body of a response until it is complete, so that its length is known and no
 * thread waits for its reader.
 */
final class ResponseBuffer extends HttpServletResponseWrapper {

	private final FastByteArrayOutputStream body = new FastByteArrayOutputStream(1024);

	private final ServletOutputStream out = new Out();

	private final Share share;

	private @Nullable PrintWriter writer;

	ResponseBuffer(HttpServletResponse response, Share share) {
		super(response);
		this.share = share;
	}

	/** The number of bytes of the body. */
	int size() {
		if (this.writer != null) {
			this.writer.flush();
		}
		return this.body.size();
	}

	/** The body. */
	InputStream content() {
		return this.body.getInputStream();
	}

	/** Sends the response, and waits until the socket has taken it. */
	void send() throws IOException {
		getResponse().setContentLength(size());
		ServletOutputStream to = getResponse().getOutputStream();
		this.body.writeTo(to);
		to.flush();
	}

	@Override
	public ServletOutputStream getOutputStream() {
		return this.out;
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		if (this.writer == null) {
			this.writer = new PrintWriter(new OutputStreamWriter(this.out, getCharacterEncoding()));
		}
		return this.writer;
	}

	@Override
	public void sendError(int status) throws IOException {
		clear();
		super.sendError(status);
	}

	@Override
	public void sendError(int status, String message) throws IOException {
		clear();
		super.sendError(status, message);
	}

	@Override
	public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
		clear();
		super.sendRedirect(location, status, clearBuffer);
	}

	@Override
	public void reset() {
		clear();
		super.reset();
	}

	@Override
	public void resetBuffer() {
		clear();
		super.resetBuffer();
	}

	private void clear() {
		this.writer = null;
		this.body.reset();
		this.share.release();
	}

	/** The length is set when the body is complete. */
	@Override
	public void setContentLength(int length) {
	}

	@Override
	public void setContentLengthLong(long length) {
	}

	@Override
	public void setBufferSize(int size) {
	}

	@Override
	public void flushBuffer() {
	}

	/** Writes into the buffer, and takes memory for it as it grows. */
	private final class Out extends ServletOutputStream {

		@Override
		public void write(int b) throws IOException {
			grow(1);
			ResponseBuffer.this.body.write(b);
		}

		@Override
		public void write(byte[] bytes, int from, int length) throws IOException {
			grow(length);
			ResponseBuffer.this.body.write(bytes, from, length);
		}

		private void grow(int more) {
			ResponseBuffer.this.share.require((long) ResponseBuffer.this.body.size() + more);
		}

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			throw new IllegalStateException("The buffer is always ready");
		}

	}

}
