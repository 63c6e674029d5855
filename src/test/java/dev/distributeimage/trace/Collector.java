package dev.distributeimage.trace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;

/** A collector of traces on a local port, which takes OTLP over HTTP. */
final class Collector implements AutoCloseable {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HttpServer server;

	private final List<Span> spans = new CopyOnWriteArrayList<>();

	/** The paths of all requests. */
	private final Set<String> paths = ConcurrentHashMap.newKeySet();

	/** Released when those that hang may go on. */
	private final CountDownLatch closed = new CountDownLatch(1);

	private volatile boolean hanging;

	private volatile int status = 200;

	private Collector(HttpServer server) {
		this.server = server;
		server.setExecutor(this.threads);
		server.createContext("/", this::take);
		server.start();
	}

	static Collector start() {
		try {
			return new Collector(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String endpoint() {
		return "http://localhost:%d/v1/traces".formatted(this.server.getAddress().getPort());
	}

	/** Answers nothing from now on. */
	void hang() {
		this.hanging = true;
	}

	/** Answers with this status from now on. */
	void answer(int other) {
		this.status = other;
	}

	private void take(HttpExchange exchange) throws IOException {
		try (exchange) {
			this.paths.add(exchange.getRequestURI().getPath());
			byte[] body = exchange.getRequestBody().readAllBytes();
			if (this.hanging) {
				this.closed.await();
			}
			if (this.status == 200) {
				add(ExportTraceServiceRequest.parseFrom(body));
			}
			byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
			exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
			exchange.sendResponseHeaders(this.status, (answer.length == 0) ? -1 : answer.length);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void add(ExportTraceServiceRequest request) {
		request.getResourceSpansList()
			.forEach((resource) -> resource.getScopeSpansList()
				.forEach((scope) -> this.spans.addAll(scope.getSpansList())));
	}

	Set<String> paths() {
		return Set.copyOf(this.paths);
	}

	List<Span> spans() {
		return List.copyOf(this.spans);
	}

	/** The spans of a trace. */
	List<Span> spans(String traceId) {
		return spans().stream().filter((span) -> hex(span.getTraceId()).equals(traceId)).toList();
	}

	/** The attributes of a span, as texts. */
	static Map<String, String> attributes(Span span) {
		return span.getAttributesList()
			.stream()
			.collect(Collectors.toMap(KeyValue::getKey, (attribute) -> attribute.getValue().hasIntValue()
					? Long.toString(attribute.getValue().getIntValue()) : attribute.getValue().getStringValue()));
	}

	static String hex(ByteString bytes) {
		return HexFormat.of().formatHex(bytes.toByteArray());
	}

	@Override
	public void close() {
		this.closed.countDown();
		this.server.stop(0);
		this.threads.shutdownNow();
	}

}
