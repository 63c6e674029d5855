package dev.distributeimage.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import org.awaitility.Awaitility;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The packaged service, in a process of its own with the container's heap.
 *
 * @param database the name of its database
 */
record SeparateServer(Process process, int port, int management, String database,
		HikariDataSource pool) implements AutoCloseable {

	private static final HttpClient HTTP = HttpClient.newHttpClient();

	/** Starts the service with these settings, and waits until it is ready. */
	static SeparateServer start(BenchPostgres postgres, String database, String... settings) throws IOException {
		int port = freePort();
		int management = freePort();
		List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
				"-Xmx614m", "-jar", "target/distribute-image.jar", "--server.port=" + port,
				"--management.server.port=" + management));
		command.addAll(List.of(postgres.settings(database, settings)));
		Path log = Files.createDirectories(Path.of("target/bench")).resolve("log-" + database + ".txt");
		SeparateServer server = new SeparateServer(
				new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(), port,
				management, database, postgres.pool(database));
		try {
			Awaitility.await()
				.ignoreExceptions()
				.atMost(1, TimeUnit.MINUTES)
				.until(() -> server.get(server.uri("/readyz")).statusCode() == 200);
			return server;
		}
		catch (RuntimeException ex) {
			server.close();
			throw ex;
		}
	}

	URI uri(String path) {
		return URI.create("http://localhost:" + this.port + path);
	}

	JdbcClient jdbc() {
		return JdbcClient.create(this.pool);
	}

	/** Returns the processor time that the process has taken. */
	long cpuNanos() {
		return this.process.info().totalCpuDuration().orElseThrow().toNanos();
	}

	/** Returns the time that its compiler has taken. */
	long compilationMillis() {
		String metric = get(
				URI.create("http://localhost:" + this.management + "/actuator/metrics/jvm.compilation.time")).body();
		return JsonMapper.shared().readTree(metric).at("/measurements/0/value").asLong();
	}

	private HttpResponse<String> get(URI address) {
		try {
			return HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
		this.pool.close();
	}

}
