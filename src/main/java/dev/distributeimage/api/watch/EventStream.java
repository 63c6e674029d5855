package dev.distributeimage.api.watch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.UUID;
import java.util.function.Consumer;

import dev.distributeimage.api.wire.ResponseMemory.Share;
import dev.distributeimage.run.view.RunHistory.Cursor;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import org.jspecify.annotations.Nullable;

/**
 * A stream of server-sent events that lasts as long as its run. A client that does not
 * read blocks nobody: the container's threads write the rest once it reads again.
 */
final class EventStream implements WriteListener, AsyncListener {

	private final Queue<byte[]> unwritten = new ArrayDeque<>();

	private final UUID run;

	private final AsyncContext context;

	private final ServletOutputStream out;

	private final Share memory;

	private final Consumer<EventStream> whenClosed;

	/** The last event that was sent. */
	private long sent;

	/** Time of the last write, by {@link System#nanoTime()}. */
	private long writtenAt = System.nanoTime();

	/** By {@link System#nanoTime()}; null if the stream has no token that expires. */
	private @Nullable Long expiresAt;

	/** Set by the container's first call; nothing may be written before. */
	private boolean open;

	private boolean unflushed = true;

	private boolean ending;

	private boolean closed;

	/**
	 * Creates the stream.
	 * @param cursor the run, and the last event that the client has
	 */
	EventStream(Cursor cursor, AsyncContext context, Share memory, Consumer<EventStream> whenClosed)
			throws IOException {
		this.run = cursor.run();
		this.sent = cursor.after();
		this.context = context;
		// Not buffered, unlike all other responses.
		this.out = context.getResponse().getOutputStream();
		this.memory = memory;
		this.whenClosed = whenClosed;
	}

	/** Starts writing. Called once, by the request's own thread. */
	void begin() {
		this.context.setTimeout(0);
		this.context.addListener(this);
		this.out.setWriteListener(this);
	}

	UUID run() {
		return this.run;
	}

	synchronized long sent() {
		return this.sent;
	}

	/** Lets the stream expire after some time. */
	synchronized void expireIn(Duration time) {
		this.expiresAt = System.nanoTime() + time.toNanos();
	}

	/** Whether the stream has to end, and does not do so yet. */
	synchronized boolean isExpired() {
		return this.expiresAt != null && System.nanoTime() - this.expiresAt >= 0 && !this.ending;
	}

	/** Whether everything sent has been written. */
	synchronized boolean isDrained() {
		return this.unwritten.isEmpty() && !this.unflushed;
	}

	/** Time since the last write. */
	synchronized long nanosSinceWritten() {
		return System.nanoTime() - this.writtenAt;
	}

	/**
	 * Sends events, the last of which has that number, unless there is no memory for them
	 * at the moment.
	 */
	synchronized void send(byte[] events, long to) {
		if (this.memory.tryRequire(events.length)) {
			this.sent = to;
			sendComment(events);
		}
	}

	/** Sends a comment, which is not an event. */
	synchronized void sendComment(byte[] comment) {
		this.unwritten.add(comment);
		write();
	}

	/** Ends the stream once everything has been written. */
	synchronized void end() {
		this.ending = true;
		write();
	}

	/** Ends the stream immediately. */
	synchronized void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		this.memory.close();
		this.whenClosed.accept(this);
		try {
			this.context.complete();
		}
		catch (IllegalStateException ex) {
			// The container has already ended it.
		}
	}

	@Override
	public synchronized void onWritePossible() {
		this.open = true;
		write();
	}

	// After isReady() has returned false, the container calls once it is true again.
	private void write() {
		try {
			while (this.open && !this.closed && this.out.isReady()) {
				byte[] next = this.unwritten.poll();
				if (next != null) {
					this.out.write(next);
					this.unflushed = true;
					this.writtenAt = System.nanoTime();
				}
				else if (this.unflushed) {
					this.unflushed = false;
					this.out.flush();
				}
				else {
					this.memory.release();
					if (this.ending) {
						close();
					}
					return;
				}
			}
		}
		catch (IOException | IllegalStateException ex) {
			close();
		}
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	@Override
	public void onError(Throwable throwable) {
		close();
	}

	@Override
	public void onComplete(AsyncEvent event) {
		this.memory.close();
		this.whenClosed.accept(this);
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		close();
	}

	@Override
	public void onError(AsyncEvent event) {
		close();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		// Only the first start counts.
	}

}
