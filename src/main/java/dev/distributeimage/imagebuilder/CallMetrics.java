package dev.distributeimage.imagebuilder;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** Measures calls to Image Builder: how long they took, and what became of them. */
final class CallMetrics {

	private static final Duration[] BUCKETS = Stream.of(50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000)
		.map(Duration::ofMillis)
		.toArray(Duration[]::new);

	/** The outcome of a call. */
	enum Outcome {

		/** AWS answered with HTTP status 200. */
		OK,

		/** AWS answered with an error, and has certainly carried nothing out. */
		REFUSED,

		/** AWS throttled the call. */
		THROTTLED,

		/** There was no response, or one that does not tell what AWS has done. */
		UNANSWERED,

		/** There were no valid credentials for the call, sent or not. */
		NO_CREDENTIALS;

		private final String label = name().toLowerCase(Locale.ROOT);

		static Outcome of(ImageBuilderException ex) {
			if (ex.isAboutCredentials()) {
				return NO_CREDENTIALS;
			}
			if (ex.isThrottled()) {
				return THROTTLED;
			}
			return ex.isAnswered() ? REFUSED : UNANSWERED;
		}

	}

	private final MeterRegistry registry;

	private final Map<Timed, Timer> calls = new ConcurrentHashMap<>();

	private final Map<Failed, Counter> errors = new ConcurrentHashMap<>();

	CallMetrics(MeterRegistry registry) {
		this.registry = registry;
	}

	/** Notes a call that AWS has answered as it should. */
	void succeeded(String operation, String region, long nanos) {
		took(operation, region, Outcome.OK, nanos);
	}

	/** Notes a call that was not sent, because there were no credentials for it. */
	void unsent(String region, ImageBuilderException ex, long nanos) {
		failed(region, ex, Outcome.NO_CREDENTIALS, nanos);
	}

	/** Notes a call that has failed. */
	void failed(String region, ImageBuilderException ex, long nanos) {
		failed(region, ex, Outcome.of(ex), nanos);
	}

	private void failed(String region, ImageBuilderException ex, Outcome outcome, long nanos) {
		took(ex.operation(), region, outcome, nanos);
		this.errors.computeIfAbsent(new Failed(ex.operation(), region, CodeLabel.of(ex.code())), this::errors)
			.increment();
	}

	private void took(String operation, String region, Outcome outcome, long nanos) {
		this.calls.computeIfAbsent(new Timed(operation, region, outcome), this::timer)
			.record(nanos, TimeUnit.NANOSECONDS);
	}

	private Timer timer(Timed call) {
		return Timer.builder("distribute.image.aws.calls")
			.description("Calls to EC2 Image Builder, by what became of them; the SDK repeats none")
			.tag("operation", call.operation())
			.tag("region", call.region())
			.tag("outcome", call.outcome().label)
			.serviceLevelObjectives(BUCKETS)
			.register(this.registry);
	}

	private Counter errors(Failed call) {
		return Counter.builder("distribute.image.aws.errors")
			.description(
					"Calls to EC2 Image Builder that failed, by AWS's error code; other is an unknown code, none no code")
			.tag("operation", call.operation())
			.tag("region", call.region())
			.tag("code", call.code())
			.register(this.registry);
	}

	private record Timed(String operation, String region, Outcome outcome) {
	}

	private record Failed(String operation, String region, String code) {
	}

}
