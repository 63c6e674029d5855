package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

import dev.distributeimage.imagebuilder.CodeLabel;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.ImageStatus;
import dev.distributeimage.run.LastImage;
import dev.distributeimage.run.PastAttempt;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.RunValues;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.queue.Lease;
import dev.distributeimage.run.queue.Times;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Measures what workers' outcomes changed, once they are stored: what a worker could not
 * store counts nowhere. All times are the database's.
 */
class RunMetrics {

	/** The value of a label for an image status that this version does not know. */
	static final String OTHER = "other";

	private static final Duration[] LATENESS = seconds(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 150, 300);

	private static final Duration[] LAGS = seconds(1, 5, 10, 20, 30, 35, 45, 60, 90, 120, 300, 900);

	private static final Duration[] PHASES = seconds(1, 5, 30, 60, 120, 300, 600, 1_200, 1_800, 2_700, 3_600, 7_200,
			14_400, 43_200);

	private static final Duration[] RUNS = seconds(300, 600, 900, 1_200, 1_800, 2_700, 3_600, 5_400, 7_200, 10_800,
			14_400, 21_600, 28_800, 43_200);

	private final MeterRegistry registry;

	private final Timer lateness;

	private final Timer detectionLag;

	private final Map<RunStatus, Timer> runs;

	private final Map<StepId, Timer> steps;

	private final Map<String, Timer> imageStatuses = new ConcurrentHashMap<>();

	private final Map<End, Counter> ends = new ConcurrentHashMap<>();

	RunMetrics(MeterRegistry registry) {
		this.registry = registry;
		this.lateness = timer("distribute.image.lateness", "Time from the due time of a run to the start of its work",
				LATENESS)
			.register(registry);
		this.detectionLag = timer("distribute.image.detection.lag",
				"Upper bound of how late a new image status was seen: the time since the answer before, as AWS tells no time of change",
				LAGS)
			.register(registry);
		this.runs = timers(Stream.of(RunStatus.values()).filter((status) -> status != RunStatus.RUNNING).toList(),
				(status) -> timer("distribute.image.run.duration",
						"Time from the start of a run, or its last retry, to its end", RUNS)
					.tag("status", status.name()));
		this.steps = timers(List.of(StepId.values()),
				(step) -> timer("distribute.image.step.duration",
						"Time from the beginning of a step to its end, or to that of the run", PHASES)
					.tag("step", step.toString()));
	}

	private static Duration[] seconds(double... buckets) {
		return DoubleStream.of(buckets)
			.mapToObj((seconds) -> Duration.ofMillis(Math.round(seconds * 1_000)))
			.toArray(Duration[]::new);
	}

	private static Timer.Builder timer(String name, String description, Duration[] buckets) {
		return Timer.builder(name).description(description).serviceLevelObjectives(buckets);
	}

	private <K> Map<K, Timer> timers(List<K> keys, Function<K, Timer.Builder> timer) {
		return keys.stream()
			.collect(Collectors.toUnmodifiableMap(Function.identity(),
					(key) -> timer.apply(key).register(this.registry)));
	}

	/** Notes that a worker has begun with a run. */
	void begun(Duration late) {
		this.lateness.record(late);
	}

	/**
	 * Notes a stored outcome.
	 * @param before the run when the worker began
	 * @param times the times of the claim
	 * @param stored the lease as the statement that stored the outcome renewed it
	 */
	void stored(Run run, RunValues before, Times times, Lease stored) {
		Instant now = stored.claimedAt();
		imageSeen(run, before, times, now);
		StepId step = before.progress().step();
		boolean ended = run.status() != before.progress().status();
		if (ended || run.step() != step) {
			Objects.requireNonNull(this.steps.get(step)).record(between(times.stepSince(), now));
		}
		if (ended) {
			Objects.requireNonNull(this.runs.get(run.status())).record(between(begun(run, times), now));
			Failure failure = run.calls().last();
			End end = new End(run.status(), run.step(), CodeLabel.of((failure != null) ? failure.code() : null));
			this.ends.computeIfAbsent(end, this::counter).increment();
		}
	}

	private void imageSeen(Run run, RunValues before, Times times, Instant now) {
		String statusBefore = status(before.image().last());
		String status = status(run.image().last());
		if (statusBefore == null || status == null || status.equals(statusBefore)) {
			return;
		}
		if (before.image().since() != null) {
			this.imageStatuses.computeIfAbsent(label(statusBefore), this::imageStatus)
				.record(between(before.image().since(), now));
		}
		if (times.imageAnsweredAt() != null) {
			this.detectionLag.record(between(times.imageAnsweredAt(), now));
		}
	}

	private static @Nullable String status(@Nullable LastImage image) {
		return (image != null) ? image.status() : null;
	}

	/** The value of a label for an image status. */
	static String label(String imageStatus) {
		return ImageStatus.of(imageStatus).map(ImageStatus::name).orElse(OTHER);
	}

	private static Instant begun(Run run, Times times) {
		List<PastAttempt> past = run.retry().past();
		return past.isEmpty() ? times.createdAt() : past.get(past.size() - 1).at();
	}

	// The clock of a new primary may be behind.
	private static Duration between(Instant from, Instant to) {
		Duration between = Duration.between(from, to);
		return between.isNegative() ? Duration.ZERO : between;
	}

	private Timer imageStatus(String label) {
		return timer("distribute.image.image.status.duration",
				"Time from when polls first showed an image status to when they showed the next", PHASES)
			.tag("image_status", label)
			.register(this.registry);
	}

	private Counter counter(End end) {
		return Counter.builder("distribute.image.runs.ended")
			.description(
					"Runs that ended, by status, step and AWS's code of the failure: other is an unknown code, none no code")
			.tag("status", end.status().name())
			.tag("step", end.step().toString())
			.tag("code", end.code())
			.register(this.registry);
	}

	private record End(RunStatus status, StepId step, String code) {
	}

}
