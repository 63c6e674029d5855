package dev.distributeimage;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Simulator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests that a dump of a database in use can be restored into a fresh one, by the
 * commands of {@code docs/operations.md}. It takes PostgreSQL's client programs.
 */
class DumpIT {

	private static final Path GUIDE = Path.of("docs", "operations.md");

	/** Roles belong to the server, where other tests have theirs. */
	private static final String ROLE = "dumped";

	private static final String OWNER = ROLE + "_owner";

	private final Simulator simulator = Simulator.start();

	private final JdbcConnectionDetails dumped = new TestPostgres().newDatabase();

	private final JdbcConnectionDetails restored = new TestPostgres().newDatabase();

	private final Path directory;

	DumpIT(@TempDir Path directory) throws IOException {
		this.directory = directory;
		Files.writeString(directory.resolve("roles.sql"),
				Files.readString(Path.of("docs", "roles.sql")).replace("distribute_image", ROLE));
	}

	@AfterEach
	void close() {
		this.simulator.close();
	}

	@Test
	void databaseIsRestoredFromADumpOfARunningService() throws Exception {
		assumeThat(clientVersion()).as("Skipped: there is no pg_dump of the server's version or a later one")
			.isGreaterThanOrEqualTo(serverVersion());
		this.simulator.pace(Duration.ofMillis(200));
		run("psql -U postgres -d distribute_image -f docs/roles.sql", this.dumped);
		String flight;
		try (ServiceProcess service = service(this.dumped)) {
			this.simulator.nextImage(Ending.stuckIn("BUILDING"));
			flight = start(service, "flight");
			Awaitility.await().until(() -> service.get(flight).at("/image/status").asString(""), "BUILDING"::equals);
			ended(service, start(service, "ended"));
			run(command("pg_dump "), this.dumped);
			ended(service, start(service, "lost"));
		}
		for (String beginning : List.of("OWNER_PASSWORD=… PASSWORD=… ", "pg_restore ",
				"psql -U distribute_image_owner ")) {
			run(command(beginning), this.restored);
		}
		assertThat(rights(this.restored)).isEqualTo(rights(this.dumped)).isNotEmpty();
		try (ServiceProcess service = service(this.restored)) {
			assertThat(ended(service, start(service, "lost"))).isEqualTo("SUCCEEDED");
			assertThat(this.simulator.builds()).as("no second build").isEqualTo(3);
			assertThat(ended(service, start(service, "new"))).isEqualTo("SUCCEEDED");
			assertThat(service.post(flight + "/cancel", "").statusCode()).isEqualTo(202);
			assertThat(ended(service, flight)).isEqualTo("CANCELLED");
		}
	}

	private ServiceProcess service(JdbcConnectionDetails database) {
		return ServiceProcess.start(
				database, this.simulator.endpoint(), Map.of("SPRING_FLYWAY_USER", OWNER, "SPRING_FLYWAY_PASSWORD",
						password(), "SPRING_DATASOURCE_USERNAME", ROLE),
				"--distribute-image.image.poll-every=300ms", "--distribute-image.poller.tick=200ms");
	}

	private static String start(ServiceProcess service, String name) {
		return service.post("""
				{ "distributionName": "%s", "clientToken": "%1$s",
				  "distributions": [ { "region": "eu-west-1", "amiDistributionConfiguration": {} } ],
				  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
				  "infrastructureConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web" }""".formatted(name))
			.headers()
			.firstValue("Location")
			.orElseThrow();
	}

	private static String ended(ServiceProcess service, String path) {
		JsonNode run = Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> service.get(path), (shown) -> !shown.at("/status").stringValue().equals("RUNNING"));
		return run.at("/status").stringValue();
	}

	/** Owners and privileges of all objects. */
	private static List<String> rights(JdbcConnectionDetails database) {
		return client(database)
			.sql("""
					select concat_ws(' ', relname, pg_get_userbyid(relowner), relacl) from pg_class
					where relnamespace = 'public'::regnamespace
					union all
					select concat_ws(' ', proname, pg_get_userbyid(proowner), proacl) from pg_proc
					where pronamespace = 'public'::regnamespace
					union all
					select concat_ws(' ', nspname, nspacl) from pg_namespace where nspname = 'public'
					union all
					select concat_ws(' ', pg_get_userbyid(datdba), datacl) from pg_database where datname = current_database()
					order by 1""")
			.query(String.class)
			.list();
	}

	/** The command of the guide that begins like this. */
	private static String command(String beginning) throws IOException {
		String guide = Files.readString(GUIDE);
		return guide.substring(guide.indexOf("## Backup and restore"))
			.lines()
			.filter((line) -> line.startsWith(beginning))
			.findFirst()
			.orElseThrow();
	}

	private void run(String command, JdbcConnectionDetails database) throws Exception {
		URI address = URI.create(Objects.requireNonNull(database.getJdbcUrl()).substring("jdbc:".length()));
		List<String> words = Stream.of(command.split(" ", -1))
			.filter((word) -> !word.endsWith("PASSWORD=…"))
			.map((word) -> switch (word) {
				case "postgres" -> String.valueOf(database.getUsername());
				case "distribute_image" -> address.getPath().substring(1);
				case "distribute_image.dump" -> this.directory.resolve(word).toString();
				case "docs/roles.sql" -> this.directory.resolve("roles.sql").toString();
				default -> word.replace("distribute_image_owner", OWNER);
			})
			.toList();
		ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("output").toFile());
		builder.environment()
			.putAll(Map.of("PGHOST", address.getHost(), "PGPORT", String.valueOf(address.getPort()), "PGPASSWORD",
					password(), "OWNER_PASSWORD", password(), "PASSWORD", password()));
		Process process = builder.start();
		boolean ended = process.waitFor(1, TimeUnit.MINUTES);
		process.destroyForcibly();
		assertThat(ended && process.exitValue() == 0).as(() -> command + "\n" + output()).isTrue();
	}

	private String output() {
		try {
			return Files.readString(this.directory.resolve("output"));
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	private String password() {
		return String.valueOf(this.dumped.getPassword());
	}

	private int serverVersion() {
		return client(this.dumped).sql("select current_setting('server_version_num')::int / 10000")
			.query(Integer.class)
			.single();
	}

	/** The major version of pg_dump, or 0 where there is none. */
	private static int clientVersion() throws IOException {
		boolean there = Stream.of("pg_dump", "pg_restore", "psql").allMatch(Programs::isInstalled);
		if (!there) {
			return 0;
		}
		Process process = new ProcessBuilder("pg_dump", "--version").start();
		try (Scanner words = new Scanner(process.getInputStream(), StandardCharsets.UTF_8)) {
			return words.useDelimiter("\\D+").nextInt();
		}
	}

	private static JdbcClient client(JdbcConnectionDetails database) {
		return JdbcClient.create(new DriverManagerDataSource(Objects.requireNonNull(database.getJdbcUrl()),
				String.valueOf(database.getUsername()), String.valueOf(database.getPassword())));
	}

}
