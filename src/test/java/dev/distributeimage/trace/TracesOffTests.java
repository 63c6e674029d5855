package dev.distributeimage.trace;

import java.util.UUID;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests the service without an endpoint for traces. */
@ApiTest
class TracesOffTests {

	@ParameterizedTest
	@ValueSource(classes = { OpenTelemetry.class, SdkTracerProvider.class, SpanProcessor.class, SpanExporter.class,
			Tracer.class })
	void nothingIsThereThatRecords(Class<?> type, @Autowired ApplicationContext context) {
		assertThat(context.getBeanNamesForType(type)).isEmpty();
		assertThat(context.getBean(Traces.class).areOn()).isFalse();
	}

	@Test
	void runIsStoredWithoutATrace(@LocalServerPort int port, @Autowired JdbcClient jdbc) {
		String location = Http.header(new Http(port).post("/v1/runs", Requests.withoutToken(), "traceparent",
				"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), "Location");
		assertThat(jdbc.sql("select trace_parent is null from run where id = :id")
			.param("id", UUID.fromString(location.substring("/v1/runs/".length())))
			.query(Boolean.class)
			.single()).isTrue();
	}

}
