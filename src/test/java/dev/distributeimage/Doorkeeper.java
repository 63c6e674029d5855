package dev.distributeimage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** Stands before a service and passes requests on, unless it was told to be in a mood. */
final class Doorkeeper implements AutoCloseable {

	private static final List<String> PASSED_ON = List.of("Content-Type", "Prefer", "Idempotency-Key", "Accept");

	private final HttpClient http = HttpClient.newHttpClient();

	private final Queue<Mood> moods = new ConcurrentLinkedQueue<>();

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final List<Headers> headers = new CopyOnWriteArrayList<>();

	private final URI service;

	private final HttpServer server;

	Doorkeeper(URI service) {
		this.service = service;
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.setExecutor(Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task, "doorkeeper");
			thread.setDaemon(true);
			return thread;
		}));
		this.server.createContext("/", this::handle);
		this.server.start();
	}

	/** How a request is treated. */
	enum Mood {

		/** Asks to come again after a second, and passes nothing on. */
		BUSY,

		/** Passes the request on, and loses the answer. */
		FORGETFUL,

		/** Passes the request on, and the answer back. */
		FRIENDLY

	}

	URI address() {
		return URI.create("http://localhost:" + this.server.getAddress().getPort());
	}

	/** Sets how the next requests are treated. */
	void expect(Mood... next) {
		this.moods.addAll(List.of(next));
	}

	/** Returns the methods and paths of the requests so far. */
	List<String> requests() {
		return this.requests;
	}

	/** Returns the values of a header in the requests so far. */
	List<String> header(String name) {
		return this.headers.stream().map((header) -> String.valueOf(header.getFirst(name))).toList();
	}

	private void handle(HttpExchange exchange) throws IOException {
		this.requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
		this.headers.add(exchange.getRequestHeaders());
		byte[] body = exchange.getRequestBody().readAllBytes();
		Mood mood = (this.moods.peek() != null) ? this.moods.remove() : Mood.FRIENDLY;
		switch (mood) {
			case BUSY -> {
				exchange.getResponseHeaders().add("Retry-After", "1");
				exchange.sendResponseHeaders(503, -1);
			}
			case FORGETFUL -> answer(exchange, body);
			case FRIENDLY -> passBack(exchange, answer(exchange, body));
		}
		exchange.close();
	}

	private HttpResponse<byte[]> answer(HttpExchange exchange, byte[] body) throws IOException {
		HttpRequest.Builder request = HttpRequest.newBuilder(this.service.resolve(exchange.getRequestURI()))
			.method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
		for (String name : PASSED_ON) {
			String value = exchange.getRequestHeaders().getFirst(name);
			if (value != null) {
				request.header(name, value);
			}
		}
		try {
			return this.http.send(request.build(), BodyHandlers.ofByteArray());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
	}

	private static void passBack(HttpExchange exchange, HttpResponse<byte[]> answer) throws IOException {
		answer.headers().map().forEach((name, values) -> {
			if (!name.equalsIgnoreCase("Transfer-Encoding") && !name.equalsIgnoreCase("Content-Length")) {
				exchange.getResponseHeaders().put(name, values);
			}
		});
		byte[] body = answer.body();
		exchange.sendResponseHeaders(answer.statusCode(), (body.length > 0) ? body.length : -1);
		exchange.getResponseBody().write(body);
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
