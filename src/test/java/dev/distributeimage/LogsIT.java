package dev.distributeimage;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.sun.net.httpserver.HttpServer;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Simulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tests what the jar logs, with its own configuration. */
class LogsIT {

	private static final List<String> PLANTED = List.of("planted-database", "planted-key", "planted-token",
			"planted-container", "planted-bearer");

	private final Simulator simulator = Simulator.start();

	private final JdbcConnectionDetails database = new TestPostgres().newDatabase();

	@AfterEach
	void close() {
		this.simulator.close();
	}

	@Test
	void textsOfAwsWriteNoLinesOfTheirOwn(@TempDir Path directory) throws IOException {
		Path file = directory.resolve("service.log");
		try (ServiceProcess service = start(Map.of(), "--logging.file.name=" + file)) {
			HostileTexts.send(this.simulator, service);
			assertThat(HostileTexts.places(service.output())).isEqualTo(HostileTexts.PLACES);
			HostileTexts.assertClean(service.output());
			assertThat(HostileTexts.places(Files.readString(file))).isEqualTo(HostileTexts.PLACES);
			HostileTexts.assertClean(Files.readString(file));
		}
	}

	@Test
	void configurationOfAnOperatorIsNoWayOut(@TempDir Path directory) throws IOException {
		Path configuration = Files.writeString(directory.resolve("logback.xml"),
				"""
						<configuration>
						  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
						    <encoder><pattern>%d{ISO8601} %logger %msg%n%rEx</pattern></encoder>
						  </appender>
						  <appender name="LATER" class="ch.qos.logback.classic.AsyncAppender"><appender-ref ref="OUT"/></appender>
						  <root level="info"><appender-ref ref="LATER"/></root>
						</configuration>""");
		try (ServiceProcess service = start(Map.of(), "--logging.config=" + configuration)) {
			HostileTexts.send(this.simulator, service);
			HostileTexts.await(() -> HostileTexts.places(service.output()).equals(HostileTexts.PLACES));
			HostileTexts.assertClean(service.output());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "environment", "container" })
	void secretsAreLoggedAtNoLevel(String source) throws IOException {
		HttpServer container = containerCredentials();
		Map<String, String> environment = new HashMap<>(Map.of("SPRING_DATASOURCE_USERNAME", "planted",
				"SPRING_DATASOURCE_PASSWORD", "planted-database", "AWS_EC2_METADATA_DISABLED", "true"));
		environment.putAll(source.equals("environment")
				? Map.of("AWS_SECRET_ACCESS_KEY", "planted-key", "AWS_SESSION_TOKEN", "planted-token")
				: Map.of("AWS_ACCESS_KEY_ID", "", "AWS_SECRET_ACCESS_KEY", "", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
						"http://localhost:%d/credentials".formatted(container.getAddress().getPort()),
						"AWS_CONTAINER_AUTHORIZATION_TOKEN", "planted-container"));
		createRole("planted", "planted-database");
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(403, "SignatureDoesNotMatch",
				"The Canonical String should have been 'POST\nx-amz-security-token:planted-token\n'"));
		try (ServiceProcess service = start(environment, "--logging.level.root=trace", "--logging.level.web=trace",
				"--logging.level.sql=trace", "--debug", "--trace")) {
			String run = HostileTexts.startRun(service, "Authorization", "Bearer planted-bearer");
			HostileTexts.await(() -> service.get(run).at("/status").asString().equals("SUCCEEDED"));
			String answers = service.answer(run).body() + service.answer(run + "/events").body()
					+ service.answer("/v1/runs").body() + service.answer("/nowhere?planted=1").body();
			assertThat(answers).contains("SignatureDoesNotMatch").doesNotContain(PLANTED);
			String output = service.output();
			assertThat(output).contains("TRACE");
			assertThat(output.lines().filter((line) -> PLANTED.stream().anyMatch(line::contains))).isEmpty();
		}
		finally {
			container.stop(0);
		}
	}

	@Test
	void passwordInTheUrlRefusesToStart() {
		Map<String, String> environment = Map.of("SPRING_DATASOURCE_URL",
				this.database.getJdbcUrl() + "?password=planted-database");
		assertThatThrownBy(() -> start(environment, "--debug"))
			.hasMessageContaining("remove it there and set spring.datasource.password instead.")
			.message()
			.doesNotContain("planted-database", "Tomcat");
	}

	@Test
	void startIsToldInAFewLines() {
		try (ServiceProcess service = start(Map.of())) {
			service.get("/v1/runs");
			assertThat(service.output().lines()).hasSizeBetween(5, 25)
				.noneMatch((line) -> line.contains("HHH") || line.contains("incubating"));
		}
	}

	private ServiceProcess start(Map<String, String> environment, String... settings) {
		return ServiceProcess.start(this.database, this.simulator.endpoint(), environment,
				HostileTexts.quick(settings));
	}

	private void createRole(String name, String password) {
		JdbcClient
			.create(new DriverManagerDataSource(this.database.getJdbcUrl(), String.valueOf(this.database.getUsername()),
					String.valueOf(this.database.getPassword())))
			.sql("""
					do $$ begin
					  if not exists (select from pg_roles where rolname = '%1$s') then
					    create role %1$s superuser login password '%2$s';
					  end if;
					end $$""".formatted(name, password))
			.update();
	}

	/** Serves credentials as the agent of a container does. */
	private static HttpServer containerCredentials() throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/credentials", (exchange) -> {
			boolean authorized = "planted-container".equals(exchange.getRequestHeaders().getFirst("Authorization"));
			byte[] body = """
					{ "AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "planted-key", "Token": "planted-token",
					  "Expiration": "2099-01-01T00:00:00Z" }""".getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(authorized ? 200 : 401, body.length);
			try (OutputStream out = exchange.getResponseBody()) {
				out.write(body);
			}
		});
		server.start();
		return server;
	}

}
