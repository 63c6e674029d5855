package dev.distributeimage.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A browser without a script: keeps cookies, and sends what it is told to. It trusts the
 * loopback interface as if it had TLS.
 */
final class Visitor {

	/** The headers that browsers send. */
	static final String ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private final Map<String, String> cookies = new LinkedHashMap<>();

	private final URI service;

	Visitor(int port) {
		this.service = URI.create("http://127.0.0.1:" + port);
	}

	HttpResponse<String> get(String path) {
		return get(path, ACCEPT);
	}

	HttpResponse<String> get(String path, String accept) {
		return sent(HttpRequest.newBuilder(this.service.resolve(path)).header("Accept", accept));
	}

	/**
	 * Gets what a page asks for, for a purpose: a document, or something for a script.
	 */
	HttpResponse<String> fetch(String path, String destination) {
		return sent(HttpRequest.newBuilder(this.service.resolve(path))
			.headers("Accept", ACCEPT, "Sec-Fetch-Dest", destination));
	}

	/** Follows every redirect, to the provider and back. */
	HttpResponse<String> signIn(String path) {
		HttpResponse<String> answer = get(path);
		for (int i = 0; i < 10 && answer.statusCode() == 302; i++) {
			answer = follow(answer);
		}
		return answer;
	}

	/** Goes where an answer leads, also to another server. */
	HttpResponse<String> follow(HttpResponse<String> answer) {
		return sent(HttpRequest.newBuilder(answer.uri().resolve(header(answer, "Location"))).header("Accept", ACCEPT));
	}

	/** Sends the form that a page is about. */
	HttpResponse<String> submit(HttpResponse<String> page) {
		return submit(page, page.body().substring(page.body().indexOf("<main")));
	}

	/** Sends the form at the top of a page. */
	HttpResponse<String> signOut(HttpResponse<String> page) {
		return submit(page, page.body());
	}

	private HttpResponse<String> submit(HttpResponse<String> page, String from) {
		return post(between(from, "method=\"post\" action=\"", "\""), BodyPublishers.ofString("_csrf=" + token(page)));
	}

	HttpResponse<String> post(String path, BodyPublisher form) {
		return sent(HttpRequest.newBuilder(this.service.resolve(path))
			.header("Accept", ACCEPT)
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(form));
	}

	/** The token of the form on a page. */
	static String token(HttpResponse<String> page) {
		return between(page.body(), "name=\"_csrf\" value=\"", "\"").replace("&#x3D;", "=");
	}

	String cookie(String name) {
		return this.cookies.getOrDefault(name, "");
	}

	void forget() {
		this.cookies.clear();
	}

	private HttpResponse<String> sent(HttpRequest.Builder request) {
		if (!this.cookies.isEmpty()) {
			request.header("Cookie",
					this.cookies.entrySet()
						.stream()
						.map((cookie) -> cookie.getKey() + "=" + cookie.getValue())
						.collect(Collectors.joining("; ")));
		}
		try {
			HttpResponse<String> answer = CLIENT.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
			if (answer.uri().getPort() == this.service.getPort()) {
				answer.headers()
					.allValues("Set-Cookie")
					.forEach((cookie) -> HttpCookie.parse(cookie)
						.forEach((one) -> this.cookies.put(one.getName(), one.getValue())));
			}
			return answer;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	static String header(HttpResponse<?> answer, String name) {
		return answer.headers().firstValue(name).orElse("");
	}

	static String between(String text, String begin, String end) {
		int from = text.indexOf(begin) + begin.length();
		return text.substring(from, text.indexOf(end, from));
	}

}
