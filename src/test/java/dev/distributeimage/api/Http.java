package dev.distributeimage.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.distributeimage.api.problem.ProblemType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** A client of the service. */
public record Http(int port) {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	public HttpResponse<String> get(String path, String... headers) {
		return send("GET", path, "", headers);
	}

	public CompletableFuture<HttpResponse<String>> getAsync(String path, String... headers) {
		return CLIENT.sendAsync(request(path, headers).build(), BodyHandlers.ofString());
	}

	/** Returns the lines of the body as they arrive. */
	public CompletableFuture<HttpResponse<Stream<String>>> lines(String path, String... headers) {
		return CLIENT.sendAsync(request(path, headers).build(), BodyHandlers.ofLines());
	}

	/** Posts JSON; headers are added to the Content-Type. */
	public HttpResponse<String> post(String path, String body, String... headers) {
		return postAsync(path, body, headers).join();
	}

	CompletableFuture<HttpResponse<String>> postAsync(String path, String body, String... headers) {
		HttpRequest.Builder request = request(path, headers).setHeader("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body));
		return sent(request);
	}

	/** Posts JSON from a publisher: in chunks, if its length is not known. */
	public HttpResponse<String> post(String path, HttpRequest.BodyPublisher body) {
		return sent(request(path).setHeader("Content-Type", "application/json").POST(body)).join();
	}

	/** Sends a request, with a body if there is one. */
	public HttpResponse<String> send(String method, String path, String body, String... headers) {
		HttpRequest.Builder request = request(path, headers).method(method,
				body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
		return sent(request).join();
	}

	// The contract must allow the answer to every request of a test.
	private static CompletableFuture<HttpResponse<String>> sent(HttpRequest.Builder request) {
		return CLIENT.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(Contract::checked);
	}

	private HttpRequest.Builder request(String path, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path));
		return (headers.length > 0) ? request.headers(headers) : request;
	}

	/** Sends raw bytes and returns all that arrives until the connection ends. */
	public String raw(String request) {
		try (Socket socket = new Socket("localhost", this.port)) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			socket.shutdownOutput();
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static JsonNode json(HttpResponse<String> response) {
		return JsonMapper.shared().readTree(response.body());
	}

	public static String header(HttpResponse<?> response, String name) {
		return response.headers().firstValue(name).orElse("");
	}

	/** Returns the problem document of the response, which must have this type. */
	public static JsonNode problem(HttpResponse<String> response, ProblemType type) {
		assertThat(response.statusCode()).isEqualTo(type.status().value());
		assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
		JsonNode problem = json(response);
		assertThat(problem.path("type").asString()).isEqualTo(type.path());
		assertThat(problem.path("title").asString()).isEqualTo(type.title());
		assertThat(problem.path("status").asInt()).isEqualTo(type.status().value());
		assertThat(problem.path("detail").asString()).isNotEmpty();
		return problem;
	}

}
