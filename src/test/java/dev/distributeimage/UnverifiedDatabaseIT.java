package dev.distributeimage;

import java.util.ArrayList;
import java.util.List;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatException;

/** Tests how the jar refuses to start with a PostgreSQL on another host. */
class UnverifiedDatabaseIT {

	@Test
	void startWithPlainTextToAnotherHostIsRefusedInOneSentence() {
		refused("--spring.datasource.url=jdbc:postgresql://db.example:5432/runs?sslmode=require");
	}

	@Test
	void startWithMigrationsOnAnotherHostIsRefusedToo() {
		refused("--spring.datasource.url=jdbc:postgresql://localhost:9/runs",
				"--spring.flyway.url=jdbc:postgresql://db.example:5432/runs");
	}

	private static void refused(String... settings) {
		List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"), "-jar",
				"target/distribute-image.jar", "--server.port=0"));
		command.addAll(List.of(settings));
		assertThatException()
			.isThrownBy(() -> ServiceProcess.start(new ProcessBuilder(command).redirectErrorStream(true)).close())
			.havingRootCause()
			.withMessageContaining(
					"""
							Description:

							PostgreSQL is on another host (db.example), and neither its certificate is verified (set \
							sslmode=verify-full in spring.datasource.url, and in spring.flyway.url if there is one) nor is plain \
							text allowed (set distribute-image.database.plain=true).
							""")
			.extracting(Throwable::getMessage, InstanceOfAssertFactories.STRING)
			.doesNotContain("\tat ");
	}

}
