package dev.distributeimage.trace;

import dev.distributeimage.DistributeImageApplication;
import dev.distributeimage.startup.RefusedStartException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class TraceSwitchTests {

	private static final String OTLP = "management.opentelemetry.tracing.export.otlp.";

	private final MockEnvironment settings = new MockEnvironment();

	@Test
	void serviceThatIsToSendTracesByGrpcDoesNotStart(CapturedOutput output) {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> new SpringApplicationBuilder(DistributeImageApplication.class)
				.run("--distribute-image.security.open=true", "--" + OTLP + "endpoint=http://localhost:4317",
						"--" + OTLP + "transport=grpc")
				.close())
			.satisfies((ex) -> assertThat(ex).hasRootCauseInstanceOf(RefusedStartException.class));
		assertThat(output.getAll())
			.contains("APPLICATION FAILED TO START",
					"Traces cannot be sent by gRPC: set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf, or " + OTLP
							+ "transport to http,")
			.doesNotContain("\tat ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "grpc", "GRPC", " Grpc " })
	void grpcIsRefusedHoweverItIsSpelled(String transport) {
		this.settings.setProperty(OTLP + "endpoint", "http://localhost:4317");
		this.settings.setProperty(OTLP + "transport", transport);
		assertThatExceptionOfType(RefusedStartException.class).isThrownBy(() -> TraceSwitch.isOn(this.settings));
	}

	@ParameterizedTest
	@CsvSource({ "http://localhost:4318, http, true", "'', grpc, false" })
	void transportDoesNotMatterUnlessTracesAreOn(String endpoint, String transport, boolean on) {
		this.settings.setProperty(OTLP + "endpoint", endpoint);
		this.settings.setProperty(OTLP + "transport", transport);
		assertThat(TraceSwitch.isOn(this.settings)).isEqualTo(on);
	}

}
