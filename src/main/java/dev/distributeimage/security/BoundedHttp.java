package dev.distributeimage.security;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Gets small documents in a short time, and follows no redirect. */
final class BoundedHttp {

	/** The time within which an answer must begin. */
	static final Duration LONGEST = Duration.ofSeconds(2);

	/** Bytes that an answer may have. */
	private static final int LARGEST = 64 * 1024;

	private final HttpClient client = newClient();

	private final ExecutorService workers;

	/**
	 * Creates the client.
	 * @param workers threads to wait in
	 */
	BoundedHttp(ExecutorService workers) {
		this.workers = workers;
	}

	static HttpClient newClient() {
		return HttpClient.newBuilder().connectTimeout(LONGEST).followRedirects(HttpClient.Redirect.NEVER).build();
	}

	/**
	 * Gets a document. Its end may be slow to arrive: see {@link #inTime}.
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
			return read(body, address);
		}
	}

	/**
	 * Reads an answer to its end.
	 * @throws IOException if it is larger than 64 KiB
	 */
	static byte[] read(InputStream body, URI address) throws IOException {
		byte[] document = body.readNBytes(LARGEST + 1);
		if (document.length > LARGEST) {
			throw new IOException("%s is larger than %d bytes".formatted(address, LARGEST));
		}
		return document;
	}

	/**
	 * Ends a fetch after two seconds, whatever it is doing: the client's own time-out
	 * ends with the head of the answer, and a name may be slow to resolve.
	 * @throws IOException if the fetch fails, or takes longer
	 */
	<T> T inTime(Callable<T> fetch) throws IOException, InterruptedException {
		Future<T> result = this.workers.submit(fetch);
		try {
			return result.get(LONGEST.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof InterruptedException stopped) {
				throw stopped;
			}
			throw (ex.getCause() instanceof IOException io) ? io : new IOException(ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new IOException("The issuer took longer than %d s".formatted(LONGEST.toSeconds()), ex);
		}
		finally {
			result.cancel(true);
		}
	}

}
