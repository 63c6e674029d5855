package dev.distributeimage;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * The service as shipped: {@code java -jar}, configured by its environment, in a process
 * that can be killed. Unless a jar is given, its classes are recorded as in the container
 * image.
 */
public final class ServiceProcess implements AutoCloseable {

	/** The jar of these sources. */
	static final Path JAR = Path.of("target", "distribute-image.jar");

	private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+) ");

	private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

	private final Process process;

	private final Output output;

	private final @Nullable URI proxy;

	private ServiceProcess(Process process, Output output, @Nullable URI proxy) {
		this.process = process;
		this.output = output;
		this.proxy = proxy;
	}

	/**
	 * The output of a process: the port of the API, then that of management, and more.
	 */
	private record Output(StringWriter text, CompletableFuture<Integer> api, CompletableFuture<Integer> management) {

		Output() {
			this(new StringWriter(), new CompletableFuture<>(), new CompletableFuture<>());
		}

		// A line may be split between two chunks. Only the last ones are searched: there
		// may be megabytes before.
		void printed(char[] chunk, int length) {
			int from = Math.max(this.text.getBuffer().lastIndexOf("\n"), 0);
			this.text.write(chunk, 0, length);
			STARTED.matcher(this.text.getBuffer().substring(from))
				.results()
				.map((match) -> Integer.valueOf(match.group(1)))
				.forEach(this::started);
		}

		private void started(int port) {
			if (!this.api.complete(port) && this.api.join() != port) {
				this.management.complete(port);
			}
		}

		void ended() {
			IllegalStateException ended = new IllegalStateException("The service did not start:\n" + this.text);
			this.api.completeExceptionally(ended);
			this.management.completeExceptionally(ended);
		}

	}

	/** Starts the service and waits until it answers. */
	public static ServiceProcess start(JdbcConnectionDetails database, URI imageBuilder, String... settings) {
		return start(database, imageBuilder, Map.of(), settings);
	}

	/**
	 * Starts the service with additional environment variables, which take precedence.
	 */
	public static ServiceProcess start(JdbcConnectionDetails database, URI imageBuilder,
			Map<String, String> moreEnvironment, String... settings) {
		return start(RecordedJar.command(), database, imageBuilder, moreEnvironment, settings);
	}

	/** Starts the service of a jar as it is shipped, in one file. */
	static ServiceProcess start(Path jar, JdbcConnectionDetails database, URI imageBuilder,
			Map<String, String> moreEnvironment, String... settings) {
		return start(List.of("-jar", jar.toString()), database, imageBuilder, moreEnvironment, settings);
	}

	private static ServiceProcess start(List<String> jar, JdbcConnectionDetails database, URI imageBuilder,
			Map<String, String> moreEnvironment, String... settings) {
		List<String> command = new ArrayList<>(List.of(Programs.JAVA, "-Xmx256m", "-XX:TieredStopAtLevel=1"));
		command.addAll(jar);
		command.add("--server.port=0");
		command.addAll(List.of(settings));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		configure(builder.environment(), database, imageBuilder);
		builder.environment().putAll(moreEnvironment);
		return start(builder);
	}

	/** Sets what every start needs, in open mode. */
	static void configure(Map<String, String> environment, JdbcConnectionDetails database, URI imageBuilder) {
		environment.put("MANAGEMENT_SERVER_PORT", "0");
		environment.put("SPRING_DATASOURCE_URL", database.getJdbcUrl());
		environment.put("SPRING_DATASOURCE_USERNAME", String.valueOf(database.getUsername()));
		environment.put("SPRING_DATASOURCE_PASSWORD", String.valueOf(database.getPassword()));
		// A container's PostgreSQL may be on another host.
		environment.put("DISTRIBUTEIMAGE_DATABASE_PLAIN", "true");
		environment.put("DISTRIBUTEIMAGE_SECURITY_OPEN", "true");
		environment.put("AWS_ENDPOINT_URL_IMAGEBUILDER", imageBuilder.toString());
		environment.put("AWS_ENDPOINT_URL_STS", imageBuilder.toString());
		environment.put("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
		environment.put("AWS_SECRET_ACCESS_KEY", "secret");
	}

	/**
	 * Starts a command that prints its port as the service does, and waits until it
	 * answers.
	 */
	public static ServiceProcess start(ProcessBuilder builder) {
		try {
			Process process = builder.start();
			return new ServiceProcess(process, outputOrEnd(process), null);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Requests a run.
	 * @throws UncheckedIOException if the connection broke before the answer
	 */
	public HttpResponse<String> post(String body) {
		return post("/v1/runs", body);
	}

	public HttpResponse<String> post(String path, String body, String... headers) {
		return send(HttpRequest.newBuilder(uri(path))
			.headers(Stream.concat(Stream.of("Content-Type", "application/json"), Stream.of(headers))
				.toArray(String[]::new))
			.POST(BodyPublishers.ofString(body)));
	}

	public JsonNode get(String path) {
		return JsonMapper.shared().readTree(answer(path).body());
	}

	public HttpResponse<String> answer(String path) {
		return send(HttpRequest.newBuilder(uri(path)));
	}

	/** Waits until these runs have ended, and returns them. */
	List<JsonNode> ended(List<String> locations) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(90))
			.pollInterval(Duration.ofMillis(200))
			.until(() -> locations.stream()
				.noneMatch((location) -> get(location).at("/status").stringValue().equals("RUNNING")));
		return locations.stream().map(this::get).toList();
	}

	/** Asks whether the process is alive. */
	public HttpResponse<String> liveness() {
		return answer("/livez");
	}

	/** The output of the process so far, with its control characters. */
	public String output() {
		return this.output.text().toString();
	}

	/** Returns a metric, with its tags as a query. */
	public JsonNode metric(String name) {
		return JsonMapper.shared().readTree(send(HttpRequest.newBuilder(management("/metrics/" + name))).body());
	}

	/** The address of an endpoint of the management port. */
	public URI management(String path) {
		return URI.create("http://localhost:" + port(this.output.management()) + "/actuator" + path);
	}

	public long pid() {
		return this.process.pid();
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	/** Suspends the process, as {@code kill -STOP} does. */
	public void suspend() {
		signal("STOP");
	}

	/** Resumes the process. */
	public void resume() {
		signal("CONT");
	}

	private void signal(String name) {
		try {
			new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start().waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Kills the process, as {@code kill -9} does. */
	public void kill() {
		this.process.destroyForcibly().onExit().join();
	}

	/**
	 * Stops the process, as {@code kill -TERM} does.
	 * @return the exit code
	 */
	public int stop(Duration patience) throws InterruptedException {
		this.process.destroy();
		if (!this.process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
			throw new IllegalStateException("The service did not stop within " + patience);
		}
		return this.process.exitValue();
	}

	@Override
	public void close() {
		kill();
	}

	/** Returns the same process, called by way of this address. */
	public ServiceProcess behind(URI address) {
		return new ServiceProcess(this.process, this.output, address);
	}

	public URI uri(String path) {
		return URI.create(Objects.requireNonNullElseGet(this.proxy,
				() -> URI.create("http://localhost:" + port(this.output.api()))) + path);
	}

	private HttpResponse<String> send(HttpRequest.Builder request) {
		try {
			return this.http.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	// A process that does not start in time must not start later.
	private static Output outputOrEnd(Process process) {
		try {
			Output output = output(process);
			port(output.api());
			return output;
		}
		catch (RuntimeException ex) {
			process.destroyForcibly().onExit().join();
			throw ex;
		}
	}

	// The output is read to its end; otherwise the process would block on a full pipe.
	private static Output output(Process process) {
		Output output = new Output();
		Thread reader = new Thread(() -> {
			try (Reader in = process.inputReader(StandardCharsets.UTF_8)) {
				char[] chunk = new char[8192];
				for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
					output.printed(chunk, length);
				}
			}
			catch (IOException ex) {
				// The process has been killed.
			}
			output.ended();
		}, "service-output");
		reader.setDaemon(true);
		reader.start();
		return output;
	}

	private static int port(CompletableFuture<Integer> printed) {
		return printed.orTimeout(300, TimeUnit.SECONDS).join();
	}

}
