package dev.distributeimage.run.intake;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.distributeimage.run.RetryAction;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.stereotype.Component;

/** Counts the requests that changed runs, once they are stored. */
@Component
class IntakeMetrics {

	private final MeterRegistry registry;

	private final Map<String, Counter> started = new ConcurrentHashMap<>();

	private final Counter cancelled;

	private final Map<RetryAction, Counter> retried;

	IntakeMetrics(MeterRegistry registry) {
		this.registry = registry;
		this.cancelled = Counter.builder("distribute.image.cancels")
			.description("Requests to cancel a run that were stored; repeated ones are not")
			.register(registry);
		this.retried = Stream.of(RetryAction.values())
			.collect(Collectors.toUnmodifiableMap((action) -> action, this::retries));
	}

	private Counter retries(RetryAction action) {
		return Counter.builder("distribute.image.retries")
			.description("Requests to retry a run that were stored, by the action with which the run resumed")
			.tag("action", action.toString())
			.register(this.registry);
	}

	private Counter starts(String region) {
		return Counter.builder("distribute.image.runs.started")
			.description("Runs that were stored, by the Region of their calls")
			.tag("region", region)
			.register(this.registry);
	}

	void started(String region) {
		this.started.computeIfAbsent(region, this::starts).increment();
	}

	void cancelled() {
		this.cancelled.increment();
	}

	void retried(RetryAction action) {
		Objects.requireNonNull(this.retried.get(action)).increment();
	}

}
