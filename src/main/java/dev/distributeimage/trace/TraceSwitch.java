package dev.distributeimage.trace;

import java.util.List;
import java.util.Objects;

import dev.distributeimage.startup.RefusedStartException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Turns traces on where there is an endpoint for them. Spring Boot would record them
 * without one, too, and send logs wherever traces go: this leaves out its configurations.
 * Refuses to start if traces are to go by gRPC: Spring Boot would end with a stack trace.
 */
class TraceSwitch implements AutoConfigurationImportFilter, EnvironmentAware, Condition {

	private static final String OTLP = "management.opentelemetry.tracing.export.otlp.";

	private static final String ENDPOINT = OTLP + "endpoint";

	/** Spring Boot takes it from OpenTelemetry's environment variables, too. */
	private static final String TRANSPORT = OTLP + "transport";

	/** Settings of Spring Boot's that are true unless they are set to false. */
	private static final List<String> SWITCHES = List.of("management.opentelemetry.enabled",
			"management.tracing.export.enabled", "management.tracing.export.otlp.enabled");

	private static final String TRACING = "org.springframework.boot.micrometer.tracing.";

	private static final String TELEMETRY = "org.springframework.boot.opentelemetry.";

	private static final String LOGS = TELEMETRY + "autoconfigure.logging.";

	private @Nullable Environment environment;

	@Override
	public void setEnvironment(Environment environment) {
		this.environment = environment;
	}

	@Override
	public boolean[] match(@Nullable String[] configurations, AutoConfigurationMetadata metadata) {
		boolean on = isOn(Objects.requireNonNull(this.environment));
		boolean[] kept = new boolean[configurations.length];
		for (int i = 0; i < kept.length; i++) {
			String name = Objects.requireNonNullElse(configurations[i], "");
			kept[i] = on ? !name.startsWith(LOGS) : !name.startsWith(TRACING) && !name.startsWith(TELEMETRY);
		}
		return kept;
	}

	@Override
	public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
		return isOn(context.getEnvironment());
	}

	/**
	 * Whether traces are sent.
	 * @throws RefusedStartException if they are to be sent by gRPC
	 */
	static boolean isOn(Environment environment) {
		boolean on = StringUtils.hasText(environment.getProperty(ENDPOINT))
				&& SWITCHES.stream().allMatch((name) -> environment.getProperty(name, Boolean.class, true));
		if (on && "grpc".equalsIgnoreCase(environment.getProperty(TRANSPORT, "").strip())) {
			throw new RefusedStartException("Traces cannot be sent by gRPC: set OTEL_EXPORTER_OTLP_PROTOCOL to"
					+ " http/protobuf, or " + TRANSPORT + " to http, and the endpoint to where the collector takes OTLP"
					+ " over HTTP, port 4318 as a rule.");
		}
		return on;
	}

}
