package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.distributeimage.run.StepId;
import dev.distributeimage.run.view.RunsInFlight;
import dev.distributeimage.run.view.RunsInFlight.Group;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/**
 * Shows how many runs are in flight. They are counted on a thread of its own: a scrape
 * waits for no database. While that cannot tell, nothing is shown.
 */
@Component
class InFlightMetrics implements DisposableBean {

	private static final Duration FIRST = Duration.ofSeconds(1);

	private static final Duration LEAST_PAUSE = Duration.ofSeconds(15);

	/**
	 * A count that takes long is made less often: it is worth no more than 5 % of a
	 * processor.
	 */
	private static final int PAUSE_PER_COUNT = 20;

	/** The value of a label for runs without an image status. */
	private static final String NONE = "none";

	private static final Logger logger = LoggerFactory.getLogger(InFlightMetrics.class);

	private final RunsInFlight runs;

	private final Pulse pulse;

	private final MultiGauge gauge;

	private final ScheduledExecutorService thread = Executors
		.newSingleThreadScheduledExecutor(new CustomizableThreadFactory("run-metrics-"));

	private volatile Map<Tags, Long> counted = Map.of();

	private volatile double nearestDeadline = Double.NaN;

	InFlightMetrics(RunsInFlight runs, Pulse pulse, MeterRegistry registry) {
		this.runs = runs;
		this.pulse = pulse;
		this.gauge = MultiGauge.builder("distribute.image.runs.in.flight")
			.description(
					"Runs in flight by step and image status, counted every 15 s; every replica sees all runs: aggregate with max")
			.register(registry);
		Gauge.builder("distribute.image.nearest.deadline", this, (self) -> self.nearestDeadline)
			.description(
					"Time to the nearest deadline of a run in flight, negative once it has passed; NaN without runs")
			.baseUnit("seconds")
			.register(registry);
	}

	@EventListener(ApplicationReadyEvent.class)
	void begin() {
		countIn(FIRST);
	}

	private void countIn(Duration pause) {
		var unused = this.thread.schedule(this::countAgainAndAgain, pause.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void countAgainAndAgain() {
		long begunAt = System.nanoTime();
		try {
			count();
		}
		catch (RuntimeException ex) {
			logger.debug("Runs in flight could not be counted", ex);
			show(Map.of(), Double.NaN);
		}
		Duration pause = Duration.ofNanos(System.nanoTime() - begunAt).multipliedBy(PAUSE_PER_COUNT);
		if (!this.thread.isShutdown()) {
			countIn((pause.compareTo(LEAST_PAUSE) > 0) ? pause : LEAST_PAUSE);
		}
	}

	/**
	 * Counts the runs, and shows the numbers from now on. An idle replica asks nothing:
	 * the poller's last look has shown that there are none.
	 */
	void count() {
		List<Group> groups = this.pulse.isIdle(LEAST_PAUSE) ? List.of() : this.runs.groups();
		Map<Tags, Long> counts = new HashMap<>();
		for (StepId step : StepId.values()) {
			counts.put(tags(step, NONE), 0L);
		}
		for (Group group : groups) {
			String status = (group.imageStatus() != null) ? RunMetrics.label(group.imageStatus()) : NONE;
			counts.merge(tags(group.step(), status), group.runs(), Long::sum);
		}
		show(counts,
				groups.stream().mapToDouble((group) -> group.timeLeft().toMillis() / 1e3).min().orElse(Double.NaN));
	}

	private static Tags tags(StepId step, String imageStatus) {
		return Tags.of("step", step.toString(), "image_status", imageStatus);
	}

	// A series that is there already keeps its meter, so that no scrape misses it.
	private void show(Map<Tags, Long> counts, double deadline) {
		this.counted = counts;
		this.nearestDeadline = deadline;
		this.gauge.register(counts.keySet()
			.stream()
			.map((tags) -> (Row<?>) Row.of(tags, this, (self) -> self.count(tags)))
			.toList());
	}

	private double count(Tags tags) {
		return this.counted.getOrDefault(tags, 0L);
	}

	@Override
	public void destroy() {
		this.thread.shutdownNow();
	}

}
