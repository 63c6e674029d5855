package dev.distributeimage.imagebuilder;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** A server that announces a long answer, sends all but its last byte, and hangs. */
final class HangingSender implements AutoCloseable {

	private final ServerSocket server;

	private final int length;

	private final CountDownLatch sent = new CountDownLatch(1);

	private HangingSender(ServerSocket server, int length) {
		this.server = server;
		this.length = length;
	}

	static HangingSender start(int length) throws IOException {
		HangingSender sender = new HangingSender(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), length);
		Thread thread = new Thread(sender::serve, "hanging-sender");
		thread.setDaemon(true);
		thread.start();
		return sender;
	}

	URI endpoint() {
		return URI.create("http://localhost:" + this.server.getLocalPort());
	}

	void awaitRequest() throws InterruptedException {
		this.sent.await();
	}

	private void serve() {
		try (Socket client = this.server.accept()) {
			client.getInputStream().read(new byte[8192]);
			OutputStream out = client.getOutputStream();
			out.write("HTTP/1.1 200\r\nContent-Length: %d\r\n\r\n\"".formatted(this.length)
				.getBytes(StandardCharsets.US_ASCII));
			out.write("x".repeat(this.length - 2).getBytes(StandardCharsets.US_ASCII));
			this.sent.countDown();
			// Until the client has closed its end.
			client.getInputStream().transferTo(OutputStream.nullOutputStream());
		}
		catch (IOException ex) {
			this.sent.countDown();
		}
	}

	@Override
	public void close() throws IOException {
		this.server.close();
	}

}
