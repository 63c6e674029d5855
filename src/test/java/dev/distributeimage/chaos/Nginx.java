package dev.distributeimage.chaos;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/** An nginx in front of the service, with the server that the documentation shows. */
final class Nginx implements AutoCloseable {

	private static final Path EXECUTABLE = Path.of("/usr/sbin/nginx");

	private static final Pattern BLOCK = Pattern.compile("```nginx\n(.+?)```", Pattern.DOTALL);

	private final Process process;

	private final Path directory;

	private final int port;

	private Nginx(Process process, Path directory, int port) {
		this.process = process;
		this.directory = directory;
		this.port = port;
	}

	static boolean isInstalled() {
		return Files.isExecutable(EXECUTABLE);
	}

	/** Starts a proxy for the service that listens on this port. */
	static Nginx inFrontOf(int service) throws IOException {
		int port = PostgresServer.freePort();
		Path directory = Files.createTempDirectory("nginx");
		Matcher shown = BLOCK.matcher(Files.readString(Path.of("docs/operations.md")));
		assertThat(shown.find()).isTrue();
		String http = shown.group(1)
			.replace("server {", "server {\n  listen 127.0.0.1:%d;".formatted(port))
			.replace("http://distribute-image:8080", "http://127.0.0.1:" + service);
		Files.writeString(directory.resolve("nginx.conf"), """
				daemon off; pid nginx.pid; error_log stderr; worker_rlimit_nofile 20000;
				events { worker_connections 10000; }
				http {
				access_log off;
				client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
				uwsgi_temp_path uwsgi; scgi_temp_path scgi;
				%s}
				""".formatted(http));
		Process process = new ProcessBuilder(EXECUTABLE.toString(), "-p", directory.toString(), "-c", "nginx.conf")
			.redirectErrorStream(true)
			.redirectOutput(directory.resolve("output.txt").toFile())
			.start();
		Nginx nginx = new Nginx(process, directory, port);
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(nginx::answers);
		return nginx;
	}

	private boolean answers() throws IOException {
		assertThat(this.process.isAlive()).as(Files.readString(this.directory.resolve("output.txt"))).isTrue();
		try {
			uri("/livez").toURL().openConnection().getInputStream().close();
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	int port() {
		return this.port;
	}

	URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.port + path);
	}

	@Override
	public void close() {
		this.process.destroy();
		this.process.onExit().join();
	}

}
