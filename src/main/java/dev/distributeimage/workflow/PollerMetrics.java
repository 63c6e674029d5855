package dev.distributeimage.workflow;

import java.util.function.ToDoubleFunction;

import dev.distributeimage.workflow.Pulse.Look;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** Shows what the poller does. A replica without one shows nothing. */
record PollerMetrics(PollerSettings settings, Pulse pulse, ClaimQueue claims) implements MeterBinder {

	@Override
	public void bindTo(MeterRegistry registry) {
		if (!this.settings.enabled()) {
			return;
		}
		ofLastLook("distribute.image.due.age", (look) -> look.dueAge().toNanos() / 1e9).description(
				"For how long the run has been due that has been due for the longest, with a worker or without; every replica sees all runs: aggregate with max")
			.register(registry);
		ofLastLook("distribute.image.last.tick.timestamp", (look) -> look.at().toEpochMilli() / 1e3)
			.description("When the poller of this replica last looked for due runs, in seconds since 1970")
			.register(registry);
		Gauge.builder("distribute.image.workers.busy", this.claims, ClaimQueue::running)
			.description("Workers that carry out a step")
			.register(registry);
		Gauge.builder("distribute.image.workers.max", this.settings, PollerSettings::concurrency)
			.description("Workers of this replica, poller.concurrency")
			.register(registry);
	}

	private Gauge.Builder<Pulse> ofLastLook(String name, ToDoubleFunction<Look> value) {
		return Gauge.builder(name, this.pulse, (pulse) -> {
			Look last = pulse.last();
			return (last != null) ? value.applyAsDouble(last) : Double.NaN;
		}).baseUnit("seconds");
	}

}
