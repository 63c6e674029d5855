package dev.distributeimage.simulator;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Calls that AWS's own client never makes. */
final class RawCalls {

	private static final String AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=id/20260903/eu-west-1/imagebuilder/aws4_request,"
			+ " SignedHeaders=host;x-amz-date, Signature=" + "0a".repeat(32);

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final Simulator simulator;

	private final Map<String, String> headers = new LinkedHashMap<>(
			Map.of("Authorization", AUTHORIZATION, "X-Amz-Date", date(Duration.ZERO)));

	private RawCalls(Simulator simulator) {
		this.simulator = simulator;
	}

	static RawCalls to(Simulator simulator) {
		return new RawCalls(simulator);
	}

	RawCalls without(String header) {
		this.headers.remove(header);
		return this;
	}

	RawCalls with(String header, String value) {
		this.headers.put(header, value);
		return this;
	}

	/** Signs with a clock that is this far ahead. */
	RawCalls ahead(Duration skew) {
		return with("X-Amz-Date", date(skew));
	}

	RawCalls authorized(String part, String other) {
		return with("Authorization", AUTHORIZATION.replace(part, other));
	}

	HttpResponse<String> send(String method, String target) throws IOException, InterruptedException {
		return send(method, target, "");
	}

	HttpResponse<String> send(String method, String target, String body) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.simulator.endpoint() + target))
			.method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
		this.headers.forEach(request::header);
		return this.client.send(request.build(), BodyHandlers.ofString());
	}

	private static String date(Duration ahead) {
		return DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
			.withZone(ZoneOffset.UTC)
			.format(Instant.now().plus(ahead));
	}

	/** Returns the error code of an answer, empty if it has none. */
	static String code(HttpResponse<String> response) {
		return response.headers().firstValue("x-amzn-ErrorType").orElse("");
	}

}
