package dev.distributeimage.simulator.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import dev.distributeimage.simulator.http.HttpAnswer.Delivery;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HttpListenerTests {

	private static final String NEXT = "GET /next HTTP/1.1\r\n\r\n";

	private final CountDownLatch hung = new CountDownLatch(1);

	@AutoClose
	private final HttpListener listener = HttpListener.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
			new Echo());

	/** Echoes the request. */
	private final class Echo implements HttpHandler {

		@Override
		public HttpAnswer answer(HttpRequest request) throws InterruptedException {
			if (request.path().equals("/hang")) {
				HttpListenerTests.this.hung.await();
			}
			String body = new String(request.body(), StandardCharsets.UTF_8);
			HttpAnswer echo = HttpAnswer.of(200, "text/plain", request.method() + request.path() + body);
			return switch (request.path()) {
				case "/truncated" -> echo.withDelivery(Delivery.TRUNCATED);
				case "/reset" -> echo.withDelivery(Delivery.RESET);
				default -> echo;
			};
		}

		@Override
		public HttpAnswer refuse(MalformedRequestException reason) {
			return HttpAnswer.of(reason.status(), "text/plain", "refused");
		}

	}

	@Test
	void connectionIsKeptAliveUntilTheClientSaysClose() throws IOException {
		String answers = exchange("GET /a HTTP/1.1\r\n\r\n" + "GET /b HTTP/1.1\r\nConnection: close\r\n\r\n" + NEXT);
		assertThat(answers).contains("GET/a", "GET/b").doesNotContain("GET/next");
	}

	@Test
	void oldClientGetsOneAnswer() throws IOException {
		assertThat(exchange("GET /a HTTP/1.0\r\n\r\n" + NEXT)).contains("GET/a").doesNotContain("GET/next");
	}

	@Test
	void chunkedBodyIsPutTogether() throws IOException {
		String request = "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n";
		assertThat(exchange(request + NEXT)).contains("PUT/aabc0123456789", "GET/next");
	}

	@Test
	void expectationIsAnsweredBeforeTheBodyComes() throws IOException {
		try (Socket socket = connect()) {
			write(socket, "PUT /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
			assertThat(new String(socket.getInputStream().readNBytes(25), StandardCharsets.US_ASCII))
				.isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
			write(socket, "abc");
			socket.shutdownOutput();
			assertThat(read(socket)).startsWith("HTTP/1.1 200").endsWith("PUT/aabc");
		}
	}

	@Test
	void headIsAnsweredWithoutBody() throws IOException {
		assertThat(exchange("HEAD /a HTTP/1.1\r\n\r\n")).contains("Content-Length: 6").doesNotContain("HEAD/a");
	}

	@ParameterizedTest
	@CsvSource({ "GET /a b HTTP/1.1, 400", "GET a HTTP/1.1, 400", "get /a HTTP/1.1, 400", "GET /ä HTTP/1.1, 400",
			"GET /a HTTP/2.0, 400", "GET /a, 400" })
	void badRequestLineIsRefusedAtOnce(String line, int status) throws IOException {
		try (Socket socket = connect()) {
			write(socket, line + "\r\n");
			assertThat(read(socket)).startsWith("HTTP/1.1 " + status).endsWith("refused");
		}
	}

	@ParameterizedTest
	@CsvSource({ "Bad Header: x, 400", "Content-Length: -1, 400", "Content-Length: 99999999, 413",
			"Transfer-Encoding: gzip, 501" })
	void badHeaderIsRefused(String header, int status) throws IOException {
		assertThat(exchange("PUT /a HTTP/1.1\r\n" + header + "\r\n\r\n")).startsWith("HTTP/1.1 " + status);
	}

	@Test
	void endlessHeaderIsRefused() throws IOException {
		assertThat(exchange("GET /a HTTP/1.1\r\nA: " + "a".repeat(70_000))).startsWith("HTTP/1.1 431");
	}

	@Test
	void truncatedAnswerPromisesMoreThanItSends() throws IOException {
		assertThat(exchange("GET /truncated HTTP/1.1\r\n\r\n" + NEXT)).contains("Content-Length: 13")
			.endsWith("\r\n\r\nGET/tr");
	}

	@Test
	void resetIsAReset() throws IOException {
		try (Socket socket = connect()) {
			write(socket, "GET /reset HTTP/1.1\r\n\r\n");
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> read(socket))
				.withMessageContaining("reset");
		}
	}

	@Test
	void hundredsThatHangBlockNobody() throws IOException {
		List<Socket> hanging = new ArrayList<>();
		try {
			for (int number = 0; number < 400; number++) {
				Socket socket = connect();
				hanging.add(socket);
				write(socket, "GET /hang HTTP/1.1\r\n\r\n");
			}
			assertThat(exchange(NEXT)).endsWith("GET/next");
			this.hung.countDown();
			for (Socket socket : hanging) {
				socket.shutdownOutput();
				assertThat(read(socket)).endsWith("GET/hang");
			}
		}
		finally {
			for (Socket socket : hanging) {
				socket.close();
			}
		}
	}

	@Test
	void manySmallCallsMeetNoDelay() throws IOException {
		List<Long> millis = new ArrayList<>();
		try (Socket socket = connect()) {
			for (int call = 0; call < 200; call++) {
				long start = System.nanoTime();
				write(socket, "PUT /a HTTP/1.1\r\nContent-Length: 1\r\n\r\n");
				write(socket, "b");
				readOne(socket.getInputStream(), "PUT/ab");
				millis.add(Duration.ofNanos(System.nanoTime() - start).toMillis());
			}
		}
		// An acknowledgement that is delayed takes 40 ms.
		assertThat(millis.stream().sorted().toList().get(100)).isLessThan(20);
	}

	@Test
	void closedListenerClosesItsConnections() throws IOException {
		try (Socket socket = connect()) {
			write(socket, NEXT);
			readOne(socket.getInputStream(), "GET/next");
			this.listener.close();
			assertThat(read(socket)).isEmpty();
		}
	}

	/** A client that connects at that moment is released as well. */
	@RepeatedTest(100)
	void nobodyWaitsForAListenerThatIsClosing() throws IOException {
		CompletableFuture<Void> closing = CompletableFuture.runAsync(this.listener::close);
		try (Socket socket = connect()) {
			write(socket, NEXT);
			read(socket);
		}
		catch (SocketException ex) {
			// Refused or reset counts as an answer, unlike a timeout.
		}
		assertThat(closing).succeedsWithin(Duration.ofSeconds(10));
	}

	/**
	 * Returns all that arrives until the server closes, or until every request is
	 * answered.
	 */
	private String exchange(String requests) throws IOException {
		try (Socket socket = connect()) {
			write(socket, requests);
			socket.shutdownOutput();
			return read(socket);
		}
	}

	private Socket connect() throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.listener.port());
		socket.setTcpNoDelay(true);
		socket.setSoTimeout(10_000);
		return socket;
	}

	private static void write(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String read(Socket socket) throws IOException {
		return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
	}

	private static void readOne(InputStream in, String end) throws IOException {
		StringBuilder answer = new StringBuilder();
		while (answer.indexOf(end) < 0) {
			answer.append((char) in.read());
		}
	}

}
