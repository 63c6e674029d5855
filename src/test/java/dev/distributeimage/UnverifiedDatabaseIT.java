package dev.distributeimage;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.core.NestedExceptionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

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
		List<String> command = new ArrayList<>(List.of(ServiceProcess.JAVA, "-XX:TieredStopAtLevel=1", "-jar",
				ServiceProcess.JAR.toString(), "--server.port=0", "--distribute-image.security.open=true"));
		command.addAll(List.of(settings));
		Throwable failure = catchThrowable(
				() -> ServiceProcess.start(new ProcessBuilder(command).redirectErrorStream(true)).close());
		// Every line of a report but its first is indented.
		String output = NestedExceptionUtils.getMostSpecificCause(failure).toString().replace("\n    ", "\n");
		assertThat(output).doesNotContain("\tat ").contains("""
				Description:

				PostgreSQL is on another host (db.example), and neither its certificate is verified (set \
				sslmode=verify-full in spring.datasource.url, and in spring.flyway.url if there is one) nor is plain \
				text allowed (set distribute-image.database.plain=true).
				""");
	}

}
