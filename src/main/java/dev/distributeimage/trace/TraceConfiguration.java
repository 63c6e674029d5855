package dev.distributeimage.trace;

import java.util.List;

import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.SdkTracerProvider;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Beans for traces. */
@Configuration(proxyBeanMethods = false)
class TraceConfiguration {

	@Bean
	Traces traces(ObjectProvider<OpenTelemetry> telemetry) {
		OpenTelemetry recorded = telemetry.getIfAvailable();
		return (recorded != null) ? Traces.of(recorded) : Traces.off();
	}

	/** Beans for traces that are recorded. */
	@Configuration(proxyBeanMethods = false)
	@Conditional(TraceSwitch.class)
	static class Recorded {

		private static final List<String> UNTRACED_PATHS = List.of("/livez", "/readyz", "/actuator");

		/** Leaves out the requests that check the service's health every few seconds. */
		@Bean
		SpanExportingPredicate notOfProbes() {
			return (span) -> UNTRACED_PATHS.stream().noneMatch(span.getTags().getOrDefault("uri", "")::startsWith);
		}

		@Bean
		LastSpans lastSpans(SdkTracerProvider provider) {
			return new LastSpans(provider);
		}

	}

}
