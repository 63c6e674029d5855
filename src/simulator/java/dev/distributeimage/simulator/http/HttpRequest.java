package dev.distributeimage.simulator.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** One request as received: nothing is decoded; header names are in lower case. */
public final class HttpRequest {

	private final String method;

	private final String path;

	private final @Nullable String query;

	private final Map<String, List<String>> headers;

	private final byte[] body;

	HttpRequest(RequestLine line, Map<String, List<String>> headers, byte[] body) {
		String target = line.target();
		int question = target.indexOf('?');
		this.method = line.method();
		this.path = (question < 0) ? target : target.substring(0, question);
		this.query = (question < 0) ? null : target.substring(question + 1);
		this.headers = headers;
		this.body = body;
	}

	public String method() {
		return this.method;
	}

	public String path() {
		return this.path;
	}

	public @Nullable String query() {
		return this.query;
	}

	public Map<String, List<String>> headers() {
		return this.headers;
	}

	public Optional<String> header(String lowerCaseName) {
		return this.headers.getOrDefault(lowerCaseName, List.of()).stream().findFirst();
	}

	public byte[] body() {
		return this.body.clone();
	}

}
