package dev.distributeimage.imagebuilder;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import java.util.Optional;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.Abortable;

/**
 * Aborts a response that is larger than any of Image Builder's, before it exhausts the
 * heap: the SDK reads without a limit.
 */
class ResponseSizeLimit implements ExecutionInterceptor {

	private static final int MEBIBYTES = 4;

	/**
	 * The largest response is an image, with its configuration and an AMI with its
	 * description per Region and account.
	 */
	static final int MAX_BYTES = MEBIBYTES * 1024 * 1024;

	@Override
	public Optional<InputStream> modifyHttpResponseContent(Context.ModifyHttpResponse context,
			ExecutionAttributes attributes) {
		long announced = context.httpResponse()
			.firstMatchingHeader("Content-Length")
			.map(ResponseSizeLimit::parse)
			.orElse(0L);
		OutputStream copy = Objects.requireNonNullElseGet(attributes.getAttribute(FailureContext.ATTRIBUTE),
				OutputStream::nullOutputStream);
		return context.responseBody().map((body) -> new Limited(body, announced, copy));
	}

	private static long parse(String length) {
		try {
			return Long.parseLong(length);
		}
		catch (NumberFormatException ex) {
			return 0;
		}
	}

	/** Stream that aborts instead of closing, which would read it to its end. */
	private static final class Limited extends FilterInputStream implements Abortable {

		private final OutputStream copy;

		private long remaining;

		private Limited(InputStream body, long announced, OutputStream copy) {
			super(body);
			this.copy = copy;
			this.remaining = (announced > MAX_BYTES) ? -1 : MAX_BYTES;
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : Byte.toUnsignedInt(one[0]);
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			requireRoom();
			int read = super.read(bytes, offset, length);
			this.remaining -= Math.max(read, 0);
			requireRoom();
			this.copy.write(bytes, offset, Math.max(read, 0));
			return read;
		}

		private void requireRoom() throws IOException {
			if (this.remaining < 0) {
				abort();
				throw new IOException("The response is longer than %d MiB".formatted(MEBIBYTES));
			}
		}

		@Override
		public void abort() {
			if (this.in instanceof Abortable abortable) {
				abortable.abort();
			}
		}

	}

}
