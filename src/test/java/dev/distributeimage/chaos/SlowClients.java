package dev.distributeimage.chaos;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Clients that send a request in part, or do not read the response. They are cheap, so
 * there can be thousands of them.
 */
final class SlowClients implements AutoCloseable {

	private static final ByteBuffer DRIP = ByteBuffer.wrap(new byte[] { 'a' }).asReadOnlyBuffer();

	private final List<SocketChannel> channels = new ArrayList<>();

	private final ScheduledExecutorService dripper = Executors.newSingleThreadScheduledExecutor();

	private final int port;

	SlowClients(int port) {
		this.port = port;
	}

	/** Opens connections, each of which sends this text. */
	SlowClients open(int connections, String text) throws IOException {
		for (int i = 0; i < connections; i++) {
			SocketChannel channel = SocketChannel.open();
			this.channels.add(channel);
			channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
			channel.connect(new InetSocketAddress("localhost", this.port));
			channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
			channel.configureBlocking(false);
		}
		return this;
	}

	/**
	 * Opens connections one after the other, each when the one before has been answered.
	 * @return the status lines of the answers
	 */
	List<String> openInTurn(int connections, String text) throws IOException {
		List<String> statusLines = new ArrayList<>();
		for (int i = 0; i < connections; i++) {
			open(1, text);
			SocketChannel last = this.channels.get(this.channels.size() - 1);
			last.configureBlocking(true);
			statusLines.add(statusLine(last));
			last.configureBlocking(false);
		}
		return statusLines;
	}

	/** Sends another byte over every connection, again and again. */
	SlowClients drip(Duration every) {
		var unused = this.dripper.scheduleWithFixedDelay(() -> this.channels.forEach(SlowClients::drip),
				every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
		return this;
	}

	/**
	 * The status lines that have arrived, one for each connection; empty where none has.
	 * Reads what the socket has received so far.
	 */
	List<String> statusLines() {
		return this.channels.stream().map(SlowClients::statusLine).toList();
	}

	private static String statusLine(SocketChannel channel) {
		ByteBuffer start = ByteBuffer.allocate(64);
		try {
			channel.read(start);
		}
		catch (IOException ex) {
			return "";
		}
		return new String(start.array(), 0, start.position(), StandardCharsets.ISO_8859_1).lines()
			.findFirst()
			.orElse("");
	}

	/** Whether the service has closed none of the connections. */
	boolean areConnected() {
		return this.channels.stream().allMatch(SlowClients::drip);
	}

	/** Whether the service has closed every connection. */
	boolean areGivenUp() {
		return this.channels.stream().noneMatch(SlowClients::drip);
	}

	/** Sends a byte, unless the service has closed the connection. */
	private static boolean drip(SocketChannel channel) {
		try {
			channel.write(DRIP.duplicate());
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Override
	public void close() throws IOException {
		this.dripper.shutdownNow();
		for (SocketChannel channel : this.channels) {
			channel.close();
		}
	}

}
