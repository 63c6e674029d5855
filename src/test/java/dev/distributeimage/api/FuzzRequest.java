package dev.distributeimage.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request of any shape.
 *
 * @param kind a description of what is special about it
 * @param target the target in the request line, in ISO 8859-1
 * @param headers header lines without line ends
 * @param body the bytes of the body, one character each
 * @param valid the body's JSON, if the request must be accepted
 */
record FuzzRequest(String kind, String method, String target, List<String> headers, String body,
		@Nullable JsonNode valid) {

	FuzzRequest(String kind, String method, String target) {
		this(kind, method, target, List.of(), "", null);
	}

	FuzzRequest with(String... more) {
		List<String> all = new ArrayList<>(this.headers);
		all.addAll(List.of(more));
		return new FuzzRequest(this.kind, this.method, this.target, all, this.body, this.valid);
	}

	FuzzRequest json(byte[] body) {
		return new FuzzRequest(this.kind, this.method, this.target, this.headers,
				new String(body, StandardCharsets.ISO_8859_1), null)
			.with("Content-Type: application/json");
	}

	FuzzRequest valid(JsonNode json) {
		FuzzRequest request = json(json.toString().getBytes(StandardCharsets.UTF_8));
		return new FuzzRequest(this.kind, this.method, this.target, request.headers, request.body, json);
	}

	/** The path, without the query. */
	String path() {
		return this.target.replaceFirst("\\?.*", "");
	}

	/**
	 * Whether the server may close the connection, because the body is much too large.
	 */
	boolean mayBeCut() {
		return this.body.length() > 2 * 1024 * 1024;
	}

	byte[] bytes() {
		StringBuilder head = new StringBuilder(this.method).append(' ').append(this.target).append(" HTTP/1.1\r\n");
		head.append("Host: localhost\r\n");
		this.headers.forEach((header) -> head.append(header).append("\r\n"));
		if (this.body.length() > 0 || this.method.equals("POST")) {
			head.append("Content-Length: ").append(this.body.length()).append("\r\n");
		}
		return head.append("\r\n").append(this.body).toString().getBytes(StandardCharsets.ISO_8859_1);
	}

	/** Returns the body as a lenient parser reads it. */
	JsonNode tree() {
		return JsonMapper.shared().readTree(this.body.getBytes(StandardCharsets.ISO_8859_1));
	}

	@Override
	public String toString() {
		String text = new String(bytes(), StandardCharsets.ISO_8859_1);
		return this.kind + ": " + text.substring(0, Math.min(text.length(), 3000));
	}

}
