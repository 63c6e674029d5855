package dev.distributeimage.api;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 client with one connection that is kept alive. It can send any bytes,
 * including those that no other client sends.
 */
public final class Wire implements AutoCloseable {

	private final int port;

	private @Nullable Socket socket;

	private @Nullable InputStream in;

	public Wire(int port) {
		this.port = port;
	}

	/** Returns a request that posts JSON. */
	public static byte[] post(String path, String json) {
		byte[] body = json.getBytes(StandardCharsets.UTF_8);
		String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
				+ "Content-Length: " + body.length + "\r\n\r\n";
		return (head + json).getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Sends a request over its own connection, and nothing after it. The connection stays
	 * open after the last chunk: Tomcat does not answer a client that closes its side
	 * then.
	 */
	static Answer sendAlone(int port, byte[] request, String method) throws IOException {
		try (Wire wire = new Wire(port)) {
			wire.write(request);
			if (!new String(request, StandardCharsets.ISO_8859_1).endsWith("0\r\n\r\n")) {
				wire.connected().shutdownOutput();
			}
			return wire.read(method);
		}
	}

	/**
	 * Sends a request.
	 * @throws IOException if the answer is missing or incomplete
	 */
	public Answer send(byte[] request, String method) throws IOException {
		write(request);
		Answer answer = read(method);
		if (answer.header("Connection").filter("close"::equalsIgnoreCase).isPresent()) {
			close();
		}
		return answer;
	}

	/**
	 * Sends a request whose answer is read later. A service that stops reading early may
	 * still have answered.
	 */
	void write(byte[] request) throws IOException {
		try {
			connected().getOutputStream().write(request);
		}
		catch (IOException ex) {
			if (request.length < 1024 * 1024) {
				throw ex;
			}
		}
	}

	private Socket connected() throws IOException {
		Socket connected = this.socket;
		if (connected == null) {
			connected = new Socket("localhost", this.port);
			connected.setSoTimeout(30_000);
			connected.setTcpNoDelay(true);
			this.socket = connected;
			this.in = new BufferedInputStream(connected.getInputStream());
		}
		return connected;
	}

	/** Reads the answer to a request that was sent earlier. */
	Answer read(String method) throws IOException {
		int status;
		Map<String, String> headers = new TreeMap<>();
		do {
			String line = line();
			if (!line.matches("HTTP/1\\.1 [1-5]\\d\\d( .*)?")) {
				throw new IOException("Not a status line: " + line);
			}
			status = Integer.parseInt(line.substring(9, 12));
			for (line = line(); !line.isEmpty(); line = line()) {
				int colon = line.indexOf(':');
				headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
			}
		}
		while (status < 200);
		if (headers.getOrDefault("content-type", "").startsWith("text/event-stream")) {
			// The stream ends with the run, which may be never.
			close();
			return new Answer(status, headers, "");
		}
		boolean hasBody = !method.equals("HEAD") && status != 204 && status != 304;
		return new Answer(status, headers, hasBody ? body(headers) : "");
	}

	private String body(Map<String, String> headers) throws IOException {
		if (!"chunked".equals(headers.get("transfer-encoding"))) {
			int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
			return new String(bytes(length), StandardCharsets.UTF_8);
		}
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
			bytes.write(bytes(size));
			line();
		}
		line();
		return bytes.toString(StandardCharsets.UTF_8);
	}

	private byte[] bytes(int length) throws IOException {
		byte[] bytes = input().readNBytes(length);
		if (bytes.length < length) {
			throw new EOFException("Half a body");
		}
		return bytes;
	}

	private String line() throws IOException {
		StringBuilder line = new StringBuilder();
		for (int c = input().read(); c != '\n'; c = input().read()) {
			if (c < 0) {
				throw new EOFException("The connection ended");
			}
			line.append((char) c);
		}
		return line.toString().stripTrailing();
	}

	private InputStream input() throws IOException {
		InputStream input = this.in;
		if (input == null) {
			throw new IOException("Not connected");
		}
		return input;
	}

	@Override
	public void close() throws IOException {
		Socket open = this.socket;
		this.socket = null;
		this.in = null;
		if (open != null) {
			open.close();
		}
	}

	/** A response. If a header is repeated, the last value counts. */
	public record Answer(int status, Map<String, String> headers, String body) {

		public Optional<String> header(String name) {
			return Optional.ofNullable(this.headers.get(name.toLowerCase(Locale.ROOT)));
		}

	}

}
