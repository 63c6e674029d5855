package dev.distributeimage.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

/**
 * A proxy between a client and a server on this machine. While frozen, it passes nothing
 * on and closes nothing, like a network that has lost its route: connections are half
 * open. When it thaws, requests sent in the meantime still reach the server, and the
 * clients are reset.
 */
final class FreezableProxy implements AutoCloseable {

	private final ServerSocket door;

	private final int target;

	private final Set<Link> links = ConcurrentHashMap.newKeySet();

	private final List<String> late = new CopyOnWriteArrayList<>();

	private volatile CountDownLatch gate = new CountDownLatch(0);

	private volatile @Nullable String trigger;

	FreezableProxy(int target) {
		this.target = target;
		try {
			this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		begin("proxy-door", this::accept);
	}

	int port() {
		return this.door.getLocalPort();
	}

	private void freeze() {
		this.gate = new CountDownLatch(1);
	}

	/** Freezes before it passes on a request with this text. */
	void freezeAt(String text) {
		this.trigger = text;
	}

	boolean isFrozen() {
		return this.gate.getCount() > 0;
	}

	/** Passes on to the server what was sent, and resets the senders. */
	void reset() {
		this.links.forEach((link) -> link.broken = true);
		this.gate.countDown();
	}

	/** Returns what reached the server from connections that were frozen. */
	List<String> late() {
		return List.copyOf(this.late);
	}

	@Override
	public void close() {
		reset();
		try {
			this.door.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void accept() {
		try {
			while (true) {
				Socket client = this.door.accept();
				this.gate.await();
				Link link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), this.target));
				this.links.add(link);
				begin("proxy-up", link::up);
				begin("proxy-down", link::down);
			}
		}
		catch (IOException | InterruptedException ex) {
			// The listener was closed.
		}
	}

	private static String text(byte[] buffer, int length) {
		return new String(buffer, 0, length, StandardCharsets.UTF_8);
	}

	private static void begin(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.start();
	}

	/** A connection, in both directions. */
	private final class Link {

		private final Socket client;

		private final Socket server;

		private volatile boolean broken;

		Link(Socket client, Socket server) throws IOException {
			this.client = client;
			this.server = server;
			client.setTcpNoDelay(true);
			server.setTcpNoDelay(true);
			// A keep-alive detects a broken connection.
			client.setSoTimeout(200);
		}

		void up() {
			try (this.client) {
				passOnRequests(this.client.getInputStream(), this.server.getOutputStream());
				this.server.shutdownOutput();
				if (this.broken) {
					this.client.setSoLinger(true, 0);
				}
			}
			catch (IOException | InterruptedException ex) {
				// The client or the server has gone.
			}
		}

		private void passOnRequests(InputStream in, OutputStream out) throws IOException, InterruptedException {
			byte[] buffer = new byte[1 << 16];
			for (int read = read(in, buffer); read >= 0; read = read(in, buffer)) {
				freezeIfAsked(buffer, read);
				FreezableProxy.this.gate.await();
				if (this.broken && read == 0 && in.available() == 0) {
					return;
				}
				if (this.broken) {
					FreezableProxy.this.late.add(text(buffer, read));
				}
				out.write(buffer, 0, read);
			}
		}

		private void freezeIfAsked(byte[] buffer, int length) {
			String text = FreezableProxy.this.trigger;
			if (text != null && text(buffer, length).contains(text)) {
				FreezableProxy.this.trigger = null;
				freeze();
			}
		}

		private int read(InputStream in, byte[] buffer) throws IOException {
			try {
				return in.read(buffer);
			}
			catch (SocketTimeoutException ex) {
				return 0;
			}
		}

		// Answers for a reset client are still read, because a server that cannot send
		// might not finish its statement.
		void down() {
			byte[] buffer = new byte[1 << 16];
			try (this.server) {
				InputStream in = this.server.getInputStream();
				for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
					FreezableProxy.this.gate.await();
					if (!this.broken) {
						this.client.getOutputStream().write(buffer, 0, read);
					}
				}
				this.client.close();
			}
			catch (IOException | InterruptedException ex) {
				// The client or the server has gone.
			}
			finally {
				FreezableProxy.this.links.remove(this);
			}
		}

	}

}
