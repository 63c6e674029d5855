package dev.distributeimage.simulator.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Listens on one port with one thread per connection, so that a hanging call never
 * blocks another. The JDK's own server is unsuitable: it cannot reset a connection,
 * drops idle connections above 200 and waits for delayed acknowledgements unless
 * system properties change that.
 */
public final class HttpListener implements AutoCloseable {

	private static final int BACKLOG = 1024;

	private final ServerSocket server;

	private final HttpHandler handler;

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	private final ExecutorService threads = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "simulator");
		thread.setDaemon(true);
		return thread;
	});

	private HttpListener(ServerSocket server, HttpHandler handler) {
		this.server = server;
		this.handler = handler;
	}

	public static HttpListener start(InetSocketAddress address, HttpHandler handler) {
		try {
			ServerSocket server = new ServerSocket();
			server.setReuseAddress(true);
			server.bind(address, BACKLOG);
			HttpListener listener = new HttpListener(server, handler);
			listener.threads.execute(listener::accept);
			return listener;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(
					"Cannot listen on %s:%d: %s".formatted(address.getHostString(), address.getPort(), ex.getMessage()), ex);
		}
	}

	public int port() {
		return this.server.getLocalPort();
	}

	/** Closes every connection, answered or not, and interrupts hanging calls. */
	@Override
	public void close() {
		closeQuietly(this.server);
		this.threads.shutdownNow();
		this.open.forEach(HttpListener::closeQuietly);
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				serve(this.server.accept());
			}
			catch (IOException ex) {
				// Closed, or a connection that failed before it began.
			}
		}
	}

	/**
	 * Serves a connection. One that arrives while the listener shuts down is closed: its
	 * client must not wait for an answer that never comes.
	 */
	private void serve(Socket socket) {
		this.open.add(socket);
		try {
			this.threads.execute(() -> {
				try {
					new Connection(socket, this.handler).run();
				}
				finally {
					this.open.remove(socket);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			closeQuietly(socket);
		}
	}

	private static void closeQuietly(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			// Nothing is left to close.
		}
	}

}
