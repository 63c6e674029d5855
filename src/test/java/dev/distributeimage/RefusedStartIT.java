package dev.distributeimage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.core.NestedExceptionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Tests how the jar refuses to start. */
class RefusedStartIT {

	private static final String OTHER_HOST = """
			PostgreSQL is on another host (db.example), and neither its certificate is verified (set \
			sslmode=verify-full in spring.datasource.url, and in spring.flyway.url if there is one) nor is plain \
			text allowed (set distribute-image.database.plain=true).
			""";

	@Test
	void startWithPlainTextToAnotherHostIsRefusedInOneSentence() {
		assertRefused(OTHER_HOST, Map.of(),
				"--spring.datasource.url=jdbc:postgresql://db.example:5432/runs?sslmode=require");
	}

	@Test
	void startWithMigrationsOnAnotherHostIsRefusedToo() {
		assertRefused(OTHER_HOST, Map.of(), "--spring.datasource.url=jdbc:postgresql://localhost:9/runs",
				"--spring.flyway.url=jdbc:postgresql://db.example:5432/runs");
	}

	@Test
	void startWithTracesByGrpcIsRefused() {
		assertRefused("""
				Traces cannot be sent by gRPC: set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf, or \
				management.opentelemetry.tracing.export.otlp.transport to http, and the endpoint to where the \
				collector takes OTLP over HTTP, port 4318 as a rule.
				""",
				Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"));
	}

	private static void assertRefused(String sentence, Map<String, String> environment, String... settings) {
		List<String> command = new ArrayList<>(List.of(Programs.JAVA, "-XX:TieredStopAtLevel=1", "-jar",
				ServiceProcess.JAR.toString(), "--server.port=0", "--distribute-image.security.open=true"));
		command.addAll(List.of(settings));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().putAll(environment);
		Throwable failure = catchThrowable(() -> ServiceProcess.start(builder).close());
		// Every line of a report but its first is indented.
		String output = NestedExceptionUtils.getMostSpecificCause(failure).toString().replace("\n    ", "\n");
		assertThat(output).doesNotContain("\tat ").contains("Description:\n\n" + sentence);
	}

}
