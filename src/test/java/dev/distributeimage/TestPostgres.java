package dev.distributeimage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Provides every application context with a fresh database. One PostgreSQL server runs
 * per JVM, in a container if a Docker engine is available and otherwise in a process of
 * its own. It ends with the JVM.
 */
@TestConfiguration(proxyBeanMethods = false)
public class TestPostgres {

	private static final AtomicInteger DATABASES = new AtomicInteger();

	/** Creates an empty database. */
	@Bean
	public JdbcConnectionDetails newDatabase() {
		Database server = Server.RUNNING;
		String name = "test_" + DATABASES.incrementAndGet();
		try (Connection connection = server.connect(); Statement statement = connection.createStatement()) {
			statement.execute("create database " + name);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("No new database could be had from " + server.getJdbcUrl(), ex);
		}
		return new Database(server.host(), server.port(), name, server.user(), server.secret());
	}

	/** Deletes all runs and records. The Regions stay, which running replicas know. */
	public static void empty(JdbcClient jdbc) {
		jdbc.sql("truncate run, leftover, run_in_flight, run_owner, run_input, run_event, run_term, run_removed, "
				+ "audit_event, restore")
			.update();
	}

	private record Database(String host, int port, String name, String user,
			String secret) implements JdbcConnectionDetails {

		Connection connect() throws SQLException {
			return DriverManager.getConnection(getJdbcUrl(), this.user, this.secret);
		}

		@Override
		public String getJdbcUrl() {
			return "jdbc:postgresql://%s:%d/%s".formatted(this.host, this.port, this.name);
		}

		@Override
		public String getUsername() {
			return this.user;
		}

		@Override
		public String getPassword() {
			return this.secret;
		}

	}

	/** Starts the server on first use. */
	private static final class Server {

		// Spring keeps up to 32 contexts, each with a pool of ten.
		private static final String CONNECTIONS = "500";

		static final Database RUNNING = container().orElseGet(Server::process);

		// A Docker engine may answer although it has no image and no registry to get one
		// from. Testcontainers removes the container when the JVM has ended.
		@SuppressWarnings("resource")
		private static Optional<Database> container() {
			if (!DockerClientFactory.instance().isDockerAvailable()) {
				return Optional.empty();
			}
			PostgreSQLContainer container = new PostgreSQLContainer("postgres:18");
			container.setCommand("postgres", "-c", "fsync=off", "-c", "max_connections=" + CONNECTIONS);
			try {
				container.start();
			}
			catch (RuntimeException ex) {
				return Optional.empty();
			}
			return Optional
				.of(new Database(container.getHost(), container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
						container.getDatabaseName(), container.getUsername(), container.getPassword()));
		}

		// Stops itself when the JVM ends.
		@SuppressWarnings("resource")
		private static Database process() {
			try {
				EmbeddedPostgres process = EmbeddedPostgres.builder()
					.setServerConfig("fsync", "off")
					.setServerConfig("max_connections", CONNECTIONS)
					.start();
				return new Database("localhost", process.getPort(), "postgres", "postgres", "postgres");
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
