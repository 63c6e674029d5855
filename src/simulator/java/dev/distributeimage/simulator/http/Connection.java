package dev.distributeimage.simulator.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.distributeimage.simulator.http.HttpAnswer.Delivery;

/** Serves one client, request after request, until one side closes the connection. */
final class Connection implements Runnable {

	private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private static final int DRAIN_MILLIS = 1_000;

	private final Socket socket;

	private final HttpHandler handler;

	Connection(Socket socket, HttpHandler handler) {
		this.socket = socket;
		this.handler = handler;
	}

	@Override
	public void run() {
		try (Socket open = this.socket) {
			open.setTcpNoDelay(true);
			RequestReader reader = new RequestReader(new BufferedInputStream(open.getInputStream()));
			boolean goesOn = true;
			while (goesOn) {
				goesOn = served(reader);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IOException ex) {
			// The client is gone: nothing is left to answer.
		}
	}

	private boolean served(RequestReader reader) throws IOException, InterruptedException {
		try {
			Optional<RequestLine> line = reader.requestLine();
			return line.isPresent() && served(reader, line.get());
		}
		catch (MalformedRequestException ex) {
			write(this.handler.refuse(ex), true);
			drain();
			return false;
		}
	}

	private boolean served(RequestReader reader, RequestLine line) throws IOException, InterruptedException {
		Map<String, List<String>> headers = reader.headers();
		if (headers.getOrDefault("expect", List.of()).contains("100-continue")) {
			this.socket.getOutputStream().write(CONTINUE);
		}
		HttpRequest request = new HttpRequest(line, headers, reader.body(headers));
		HttpAnswer answer = this.handler.answer(request);
		if (answer.delivery() == Delivery.RESET) {
			this.socket.setSoLinger(true, 0);
			return false;
		}
		write(answer, !line.method().equals("HEAD"));
		return answer.delivery() == Delivery.WHOLE && line.keepAlive()
				&& !headers.getOrDefault("connection", List.of()).contains("close");
	}

	/**
	 * Reads the rest of what the client sends: closing now would reset the connection and
	 * lose the answer.
	 */
	private void drain() throws IOException {
		this.socket.shutdownOutput();
		this.socket.setSoTimeout(DRAIN_MILLIS);
		this.socket.getInputStream().transferTo(OutputStream.nullOutputStream());
	}

	/**
	 * Writes head and body at once: two writes would run into Nagle's algorithm and
	 * delayed acknowledgements.
	 */
	private void write(HttpAnswer answer, boolean withBody) throws IOException {
		byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
		StringBuilder head = new StringBuilder("HTTP/1.1 ").append(answer.status()).append(" \r\n");
		answer.headers().forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
		if (!answer.headers().containsKey("Date")) {
			head.append("Date: ")
				.append(DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)))
				.append("\r\n");
		}
		head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
		byte[] headBytes = head.toString().getBytes(StandardCharsets.UTF_8);
		int sent = withBody ? body.length : 0;
		if (answer.delivery() == Delivery.TRUNCATED) {
			sent /= 2;
		}
		byte[] bytes = Arrays.copyOf(headBytes, headBytes.length + sent);
		System.arraycopy(body, 0, bytes, headBytes.length, sent);
		OutputStream out = this.socket.getOutputStream();
		out.write(bytes);
		out.flush();
	}

}
