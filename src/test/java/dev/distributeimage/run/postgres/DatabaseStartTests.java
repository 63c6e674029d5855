package dev.distributeimage.run.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

import dev.distributeimage.DistributeImageApplication;
import dev.distributeimage.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/** Tests what a start says that lacks its database, and that it waits for one. */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseStartTests {

	private static final JdbcConnectionDetails DATABASE = new TestPostgres().newDatabase();

	private static final String PASSWORD = "--spring.datasource.password=" + DATABASE.getPassword();

	@Test
	void startWithoutADatabaseSaysWhatToSet(CapturedOutput output) {
		assertRefused(output, "No PostgreSQL is set: set spring.datasource.url, such as jdbc:postgresql://");
		assertThat(output.getAll()).doesNotContainIgnoringCase("H2");
	}

	@Test
	void startWithAUrlOfAnotherKindSaysWhatToSet(CapturedOutput output) {
		assertRefused(output, "No PostgreSQL is set", "--spring.datasource.url=postgres://localhost/a");
	}

	@Test
	void startWithAWrongPasswordSaysSo(CapturedOutput output) {
		assertRefused(output, "Set spring.datasource.username and spring.datasource.password to a role",
				"--spring.datasource.url=" + DATABASE.getJdbcUrl(), "--spring.datasource.username=start_tests_unknown",
				"--spring.datasource.password=wrong");
		assertThat(output.getAll()).doesNotContain("The start waits for it");
	}

	@Test
	void startWithoutSuchADatabaseSaysSo(CapturedOutput output) {
		assertRefused(output, "Create the database (create database NAME owner ROLE)",
				"--spring.datasource.url=" + DATABASE.getJdbcUrl() + "_no_such",
				"--spring.datasource.username=" + DATABASE.getUsername(), PASSWORD);
		assertThat(output.getAll()).contains("_no_such\" does not exist");
	}

	@Test
	void startWithARoleThatMayMakeNothingSaysSo(CapturedOutput output) {
		create("create role start_tests_reader login password 'right'");
		assertRefused(output, "Give the role that migrates its own schema or database",
				"--spring.datasource.url=" + DATABASE.getJdbcUrl(), "--spring.datasource.username=start_tests_reader",
				"--spring.datasource.password=right");
	}

	@Test
	void startWaitsForADatabaseThatIsDown(CapturedOutput output) throws IOException {
		assertRefused(output, "Start PostgreSQL, or correct the host and the port in spring.datasource.url",
				"--spring.datasource.url=jdbc:postgresql://localhost:%d/a".formatted(freePort()),
				"--spring.datasource.username=a", "--distribute-image.database.wait-at-start=1s");
		assertThat(output.getAll()).containsOnlyOnce("PostgreSQL cannot be reached yet. The start waits for it");
	}

	@Test
	void startWithTooShortAClaimSaysSo(CapturedOutput output) {
		assertRefused(output,
				"distribute-image.poller.claim-for must be at least three times distribute-image.aws.attempt-timeout: "
						+ "20000 ms is less than 3 × 10000 ms.",
				"--spring.datasource.url=" + DATABASE.getJdbcUrl(),
				"--spring.datasource.username=" + DATABASE.getUsername(), PASSWORD,
				"--distribute-image.poller.claim-for=20s");
	}

	@Test
	void startWithAPortThatIsTakenSaysSo(CapturedOutput output) throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertRefused(output, "Port %d was already in use".formatted(taken.getLocalPort()),
					"--spring.datasource.url=" + DATABASE.getJdbcUrl(),
					"--spring.datasource.username=" + DATABASE.getUsername(), PASSWORD,
					"--server.port=" + taken.getLocalPort());
		}
	}

	private static void assertRefused(CapturedOutput output, String sentence, String... arguments) {
		assertThatException().isThrownBy(() -> start(arguments).close());
		assertThat(output.getAll()).contains("APPLICATION FAILED TO START", sentence).doesNotContain("\tat ");
	}

	private static ConfigurableApplicationContext start(String... arguments) {
		return new SpringApplicationBuilder(DistributeImageApplication.class)
			.properties("distribute-image.security.open=true", "server.port=0", "management.server.port=0",
					"distribute-image.poller.enabled=false", "distribute-image.aws.verify-account=false")
			.run(arguments);
	}

	private static void create(String sql) {
		try (Connection connection = DriverManager.getConnection(DATABASE.getJdbcUrl(), DATABASE.getUsername(),
				DATABASE.getPassword()); Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket free = new ServerSocket(0)) {
			return free.getLocalPort();
		}
	}

}
