package dev.distributeimage.bench;

import java.net.URI;
import java.util.Objects;
import java.util.stream.Stream;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * An application in this process that listens on its own port.
 *
 * @param database the name of its database
 */
record Server(String database, ConfigurableApplicationContext context) implements AutoCloseable {

	// A file, as in operation: Surefire's console takes longer for a line than the service.
	private static final String[] LOG = { "--logging.file.name=target/bench/log.txt", "--logging.threshold.console=off",
			"--logging.logback.rollingpolicy.max-file-size=10GB" };

	/** Starts an application with the service's settings and these overrides. */
	static Server start(SpringApplicationBuilder application, BenchPostgres postgres, String database,
			String... settings) {
		String[] all = Stream
			.of(Stream.of("--server.port=0", "--management.server.port=0"), Stream.of(LOG),
					Stream.of(postgres.settings(database, settings)))
			.flatMap((some) -> some)
			.toArray(String[]::new);
		return new Server(database, application.web(WebApplicationType.SERVLET).run(all));
	}

	int port() {
		return Integer.parseInt(Objects.requireNonNull(this.context.getEnvironment().getProperty("local.server.port")));
	}

	URI uri(String path) {
		return URI.create("http://localhost:" + port() + path);
	}

	JdbcClient jdbc() {
		return this.context.getBean(JdbcClient.class);
	}

	@Override
	public void close() {
		this.context.close();
	}

}
