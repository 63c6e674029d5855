package dev.distributeimage.security;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Gets small documents, and follows no redirect. */
final class BoundedHttp {

	/** The time within which an answer must begin. */
	static final Duration LONGEST = Duration.ofSeconds(2);

	private static final int LARGEST = 64 * 1024;

	private final HttpClient client = HttpClient.newBuilder()
		.connectTimeout(LONGEST)
		.followRedirects(HttpClient.Redirect.NEVER)
		.build();

	/**
	 * Gets a document. Its end may be slow to arrive: the caller interrupts.
	 * @throws IOException if there is none, or it is larger than 64 KiB
	 */
	byte[] get(URI address) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(address)
			.timeout(LONGEST)
			.header("Accept", "application/json, application/jwk-set+json")
			.build();
		HttpResponse<InputStream> response = this.client.send(request, BodyHandlers.ofInputStream());
		try (InputStream body = response.body()) {
			if (response.statusCode() != 200) {
				throw new IOException("%s answers with status %d".formatted(address, response.statusCode()));
			}
			byte[] document = body.readNBytes(LARGEST + 1);
			if (document.length > LARGEST) {
				throw new IOException("%s is larger than %d bytes".formatted(address, LARGEST));
			}
			return document;
		}
	}

}
