package dev.distributeimage.api.watch;

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** Shows how many requests wait or stream. */
@Component
class WaiterMetrics implements MeterBinder {

	private final RunWaits waits;

	private final EventStreams streams;

	WaiterMetrics(RunWaits waits, EventStreams streams) {
		this.waits = waits;
		this.streams = streams;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		register(registry, "wait", this.waits, RunWaits::count);
		register(registry, "stream", this.streams, EventStreams::count);
	}

	private static <T> void register(MeterRegistry registry, String kind, T waiters, ToDoubleFunction<T> count) {
		Gauge.builder("distribute.image.waiters", waiters, count)
			.description("Open requests that wait for a change of a run (wait) or receive its events (stream)")
			.tag("kind", kind)
			.register(registry);
	}

}
