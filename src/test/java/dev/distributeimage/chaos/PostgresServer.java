package dev.distributeimage.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL owned by the test, as durable as one in production. It can be stopped
 * abruptly and restarted at the same address with its data.
 */
final class PostgresServer implements JdbcConnectionDetails, AutoCloseable {

	private static final String USER = "postgres";

	// Restores the durability settings that the embedded server turns off.
	private static final List<String> SETTINGS = List.of("fsync=on", "synchronous_commit=on", "full_page_writes=on",
			"listen_addresses=localhost", "unix_socket_directories=", "max_connections=100", "timezone=UTC");

	private final int port = freePort();

	private final Path directory;

	private final Path data;

	private final Path binaries;

	private final Thread atExit = new Thread(this::end, "postgres-end");

	private @Nullable Process process;

	private PostgresServer(Path data) throws IOException {
		this.directory = Files.createTempDirectory("postgres-server");
		this.data = data.isAbsolute() ? data : this.directory.resolve(data);
		Runtime.getRuntime().addShutdownHook(this.atExit);
		this.binaries = initialized();
	}

	/** Starts a server in a directory of its own. */
	static PostgresServer start() {
		return start(Path.of("data"));
	}

	/** Starts a server with its data in this directory. */
	static PostgresServer start(Path data) {
		try {
			PostgresServer server = new PostgresServer(data);
			server.startAgain();
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public String getJdbcUrl() {
		return url(this.port);
	}

	@Override
	public String getUsername() {
		return USER;
	}

	@Override
	public String getPassword() {
		return USER;
	}

	int port() {
		return this.port;
	}

	/** Returns its address through another port of this machine. */
	JdbcConnectionDetails through(int otherPort) {
		return new JdbcConnectionDetails() {

			@Override
			public String getJdbcUrl() {
				return url(otherPort);
			}

			@Override
			public String getUsername() {
				return USER;
			}

			@Override
			public String getPassword() {
				return USER;
			}

		};
	}

	/** Restarts the server and waits until it accepts connections. */
	void startAgain() {
		List<String> command = new ArrayList<>();
		if (LinuxUtils.isUnshareAvailable()) {
			// PostgreSQL refuses to run as root.
			command.addAll(List.of("unshare", "-U"));
		}
		command.addAll(List.of(this.binaries.resolve("postgres").toString(), "-D", this.data.toString(), "-p",
				Integer.toString(this.port)));
		SETTINGS.forEach((setting) -> command.addAll(List.of("-c", setting)));
		try {
			Process started = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
				.start();
			this.process = started;
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.pollInterval(Duration.ofMillis(20))
				.until(() -> !started.isAlive() || takesConnections());
			if (!started.isAlive()) {
				throw new IllegalStateException("PostgreSQL did not start:\n" + Files.readString(log()));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Stops the server as {@code pg_ctl stop -m immediate} does, without a checkpoint.
	 */
	void stopImmediately() {
		signal("QUIT");
	}

	boolean isAlive() {
		return this.process != null && this.process.isAlive();
	}

	boolean takesConnections() {
		try (Connection connection = connect(); Statement statement = connection.createStatement()) {
			return statement.execute("select 1");
		}
		catch (SQLException ex) {
			return false;
		}
	}

	@Override
	public void close() {
		Runtime.getRuntime().removeShutdownHook(this.atExit);
		end();
	}

	private void end() {
		signal("QUIT");
		try {
			FileSystemUtils.deleteRecursively(this.data);
			FileSystemUtils.deleteRecursively(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void signal(String name) {
		if (this.process == null) {
			return;
		}
		try {
			new ProcessBuilder("kill", "-" + name, Long.toString(this.process.pid()))
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor();
			if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
				throw new IllegalStateException("PostgreSQL did not stop");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private Connection connect() throws SQLException {
		return DriverManager.getConnection(getJdbcUrl() + "?connectTimeout=2&socketTimeout=2", USER, USER);
	}

	private static String url(int port) {
		return "jdbc:postgresql://localhost:%d/postgres".formatted(port);
	}

	private Path log() {
		return this.directory.resolve("server.log");
	}

	// The embedded server creates the data directory and locates the binaries.
	private Path initialized() throws IOException {
		try (EmbeddedPostgres embedded = EmbeddedPostgres.builder()
			.setDataDirectory(this.data)
			.setCleanDataDirectory(false)
			.setRegisterShutdownHook(false)
			.setPort(this.port)
			.start();
				Connection connection = embedded.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("select setting from pg_config where name = 'BINDIR'")) {
			row.next();
			return Path.of(row.getString(1));
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	// A port outside the range for outgoing connections, one of which might take it while
	// the server is down.
	static int freePort() {
		for (int attempts = 0; attempts < 100; attempts++) {
			int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
			try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
				return socket.getLocalPort();
			}
			catch (IOException ex) {
				// The port is taken; the next one is tried.
			}
		}
		throw new IllegalStateException("No port is free");
	}

}
