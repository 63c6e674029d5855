package dev.distributeimage.api.wire;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

import dev.distributeimage.api.wire.ResponseMemory.Share;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;

/**
 * Writes a response as fast as it is read, without a thread that waits for the reader.
 * Tomcat closes the connection of a client that reads nothing for 20 s; one that reads
 * too slowly is given up here.
 */
final class ResponseWriter implements WriteListener, AsyncListener {

	/** The time allowed for any response. */
	private static final Duration GRACE = Duration.ofSeconds(20);

	/** The rate at which a response must be read, in bytes per second. */
	private static final int SLOWEST = 16 * 1024;

	private static final int SLICE = 16 * 1024;

	private final AsyncContext context;

	private final ServletOutputStream out;

	private final InputStream content;

	private final Share share;

	/** By {@link System#nanoTime()}. */
	private final long deadline;

	ResponseWriter(AsyncContext context, ServletOutputStream out, ResponseBuffer body, Share share) {
		this.context = context;
		this.out = out;
		this.content = body.content();
		this.share = share;
		this.deadline = System.nanoTime() + GRACE.plus(Duration.ofSeconds(body.size() / SLOWEST)).toNanos();
	}

	void begin() {
		this.context.setTimeout(0);
		this.context.addListener(this);
		this.out.setWriteListener(this);
	}

	// An exception makes Tomcat close the connection, and call onError first.
	@Override
	public void onWritePossible() throws IOException {
		if (System.nanoTime() - this.deadline > 0) {
			throw new IOException("The client reads too slowly");
		}
		byte[] slice = new byte[SLICE];
		while (this.out.isReady()) {
			int length = this.content.read(slice);
			if (length < 0) {
				end();
				return;
			}
			this.out.write(slice, 0, length);
		}
	}

	private void end() {
		this.share.release();
		try {
			this.context.complete();
		}
		catch (IllegalStateException ex) {
			// The container has already ended it.
		}
	}

	@Override
	public void onError(Throwable throwable) {
		end();
	}

	@Override
	public void onError(AsyncEvent event) {
		end();
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		end();
	}

	@Override
	public void onComplete(AsyncEvent event) {
		this.share.release();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		// Only the first start counts.
	}

}
