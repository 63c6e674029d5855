package dev.distributeimage.arazzo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.distributeimage.simulator.http.HttpAnswer;
import dev.distributeimage.simulator.http.HttpAnswer.Delivery;
import dev.distributeimage.simulator.http.HttpHandler;
import dev.distributeimage.simulator.http.HttpListener;
import dev.distributeimage.simulator.http.HttpRequest;
import dev.distributeimage.simulator.http.MalformedRequestException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** A proxy between client and server that records all calls. */
public final class Wiretap implements HttpHandler, AutoCloseable {

	private static final Set<String> OF_ONE_CONNECTION = Set.of("connection", "content-length", "expect", "host",
			"transfer-encoding", "upgrade");

	private final URI server;

	private final InstantSource clock;

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final HttpListener listener;

	private final List<Exchange> exchanges = new ArrayList<>();

	public Wiretap(URI server, InstantSource clock) {
		this.server = server;
		this.clock = clock;
		this.listener = HttpListener.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), this);
	}

	/** Returns the address for the client to use instead of the server's. */
	public URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.listener.port());
	}

	/** Returns the calls so far, in order. */
	public synchronized List<Exchange> exchanges() {
		return List.copyOf(this.exchanges);
	}

	public synchronized void forget() {
		this.exchanges.clear();
	}

	@Override
	public HttpAnswer answer(HttpRequest request) throws InterruptedException {
		Instant at = this.clock.instant();
		try {
			HttpResponse<String> answer = this.client.send(forwarded(request), BodyHandlers.ofString());
			Map<String, String> headers = headers(answer);
			record(at, request, new Response(answer.statusCode(), headers, json(answer.body())));
			return new HttpAnswer(answer.statusCode(), headers, answer.body(), Delivery.WHOLE);
		}
		catch (IOException ex) {
			record(at, request, new Response(null, Map.of(), MissingNode.getInstance()));
			return HttpAnswer.of(500, "text/plain", "").withDelivery(Delivery.RESET);
		}
	}

	@Override
	public HttpAnswer refuse(MalformedRequestException reason) {
		throw new IllegalStateException(reason);
	}

	@Override
	public void close() {
		this.listener.close();
	}

	private java.net.http.HttpRequest forwarded(HttpRequest request) {
		String query = (request.query() != null) ? "?" + request.query() : "";
		var forwarded = java.net.http.HttpRequest.newBuilder(this.server.resolve(request.path() + query))
			.method(request.method(), BodyPublishers.ofByteArray(request.body()));
		request.headers().forEach((name, values) -> {
			if (!OF_ONE_CONNECTION.contains(name)) {
				values.forEach((value) -> forwarded.header(name, value));
			}
		});
		return forwarded.build();
	}

	private synchronized void record(Instant at, HttpRequest request, Response response) {
		boolean hasBody = request.body().length > 0;
		String type = hasBody ? request.header("content-type").orElse("").replaceFirst(";.*", "") : "";
		JsonNode body = hasBody ? json(new String(request.body(), StandardCharsets.UTF_8)) : MissingNode.getInstance();
		this.exchanges.add(new Exchange(at,
				new Request(request.method(), request.path(), parameters(request.query()), type, body), response));
	}

	private static Map<String, String> headers(HttpResponse<?> answer) {
		Map<String, String> headers = new LinkedHashMap<>();
		answer.headers().map().forEach((name, values) -> {
			if (!OF_ONE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
				headers.put(name.toLowerCase(Locale.ROOT), String.join(", ", values));
			}
		});
		return headers;
	}

	private static Map<String, String> parameters(@Nullable String query) {
		Map<String, String> parameters = new LinkedHashMap<>();
		for (String pair : (query != null) ? query.split("&", -1) : new String[0]) {
			int equals = pair.indexOf('=');
			parameters.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
		}
		return parameters;
	}

	private static String decoded(String text) {
		return URLDecoder.decode(text, StandardCharsets.UTF_8);
	}

	private static JsonNode json(String text) {
		try {
			return JsonMapper.shared().readTree(text);
		}
		catch (JacksonException ex) {
			return MissingNode.getInstance();
		}
	}

}
