package dev.distributeimage.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.distributeimage.Programs;
import dev.distributeimage.TestDistributeImageApplication;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The simulator in its own process, which survives the failures around it. */
public final class SimulatorProcess implements AutoCloseable {

	private static final Pattern STARTED = Pattern.compile("simulated at (\\S+)");

	private final HttpClient http = HttpClient.newHttpClient();

	private final Process process;

	private final URI endpoint;

	private SimulatorProcess(Process process, URI endpoint) {
		this.process = process;
		this.endpoint = endpoint;
	}

	/**
	 * Starts the simulator on a free port.
	 * @param options as its help lists them
	 */
	public static SimulatorProcess start(String... options) {
		List<String> command = new ArrayList<>(List.of(Programs.JAVA, "-Xmx1g", "-XX:TieredStopAtLevel=1", "-cp",
				System.getProperty("java.class.path"), TestDistributeImageApplication.class.getName(), "simulator",
				"--port=0"));
		command.addAll(List.of(options));
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			return new SimulatorProcess(process, endpoint(process));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public URI endpoint() {
		return this.endpoint;
	}

	/** Reads a control path, such as {@code counts}. */
	public JsonNode get(String path) {
		return JsonMapper.shared().readTree(send("GET", path, ""));
	}

	/**
	 * Adds a fault.
	 * @return its number
	 */
	public int fault(String order) {
		return JsonMapper.shared().readTree(send("POST", "faults", order)).get("id").asInt();
	}

	/** The number of calls that met a fault. */
	public int hits(int fault) {
		return get("faults").get("faults")
			.valueStream()
			.filter((rule) -> rule.get("id").asInt() == fault)
			.mapToInt((rule) -> rule.get("hits").asInt())
			.sum();
	}

	public void clearFaults() {
		send("DELETE", "faults", "");
	}

	public void forgetRequests() {
		send("DELETE", "requests", "");
	}

	public void change(String settings) {
		send("PATCH", "settings", settings);
	}

	public void reset() {
		send("POST", "reset", "");
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

	private String send(String method, String path, String body) {
		HttpRequest request = HttpRequest.newBuilder(URI.create(this.endpoint + "/__simulator/" + path))
			.method(method, BodyPublishers.ofString(body))
			.timeout(Duration.ofSeconds(60))
			.build();
		try {
			HttpResponse<String> answer = this.http.send(request, BodyHandlers.ofString());
			if (answer.statusCode() >= 300) {
				throw new IllegalStateException(method + " " + path + ": " + answer.body());
			}
			return answer.body();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	// The output is read to its end; otherwise the process would block on a full pipe.
	private static URI endpoint(Process process) {
		CompletableFuture<URI> endpoint = new CompletableFuture<>();
		Thread reader = new Thread(() -> {
			try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
				lines.lines()
					.map(STARTED::matcher)
					.filter(Matcher::find)
					.forEach((line) -> endpoint.complete(URI.create(line.group(1))));
			}
			catch (IOException | UncheckedIOException ex) {
				// The process has been killed.
			}
			endpoint.completeExceptionally(new IllegalStateException("The simulator did not start"));
		}, "simulator-output");
		reader.setDaemon(true);
		reader.start();
		return endpoint.orTimeout(300, TimeUnit.SECONDS).join();
	}

}
