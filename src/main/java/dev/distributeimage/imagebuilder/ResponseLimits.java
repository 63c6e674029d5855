package dev.distributeimage.imagebuilder;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.Abortable;

/**
 * Keeps responses from exhausting the heap: the SDK reads without a limit. One that is
 * too long is aborted, and large ones are read one at a time. A response is large by its
 * Content-Length, or else once so much of it has arrived.
 */
class ResponseLimits implements ExecutionInterceptor {

	private final long maxBytes;

	private final LargeResponses large;

	/**
	 * Creates the limits.
	 * @param maxBytes the length up to which responses are read
	 */
	ResponseLimits(long maxBytes, LargeResponses large) {
		this.maxBytes = maxBytes;
		this.large = large;
	}

	/** Returns limits under which no response is large, for callers without a turn. */
	ResponseLimits withoutLarge() {
		return new ResponseLimits(LargeResponses.LARGE, this.large);
	}

	@Override
	public Optional<InputStream> modifyHttpResponseContent(Context.ModifyHttpResponse context,
			ExecutionAttributes attributes) {
		long announced = context.httpResponse()
			.firstMatchingHeader("Content-Length")
			.map(ResponseLimits::parse)
			.orElse(0L);
		FailureContext copy = attributes.getAttribute(FailureContext.ATTRIBUTE);
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
	private final class Limited extends FilterInputStream implements Abortable {

		private final @Nullable FailureContext copy;

		/** The length as far as it is known. */
		private long length;

		private long read;

		private Limited(InputStream body, long announced, @Nullable FailureContext copy) {
			super(body);
			this.length = announced;
			this.copy = copy;
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : Byte.toUnsignedInt(one[0]);
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			requireRoom();
			int count = super.read(bytes, offset, length);
			if (count > 0) {
				this.read += count;
				this.length = Math.max(this.length, this.read);
				requireRoom();
				copy(bytes, offset, count);
			}
			return count;
		}

		private void requireRoom() throws IOException {
			try {
				if (this.length > ResponseLimits.this.maxBytes) {
					throw new ResponseTooLongException(ResponseLimits.this.maxBytes);
				}
				if (this.length > LargeResponses.LARGE) {
					ResponseLimits.this.large.take();
				}
			}
			catch (IOException ex) {
				abort();
				throw ex;
			}
		}

		private void copy(byte[] bytes, int offset, int count) {
			if (this.copy != null) {
				this.copy.expect(Math.toIntExact(this.length));
				this.copy.write(bytes, offset, count);
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
