package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import dev.distributeimage.chaos.Chaos;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests three hundred runs, of which every other distributes a source image, while AWS
 * throttles every call for five minutes, then half of them, in virtual time.
 */
@Tag("chaos")
@Tag("chaos-full")
class ThrottlingTests extends VirtualRuns {

	private static final int RUNS = 300;

	private static final Duration LONG = Duration.ofMinutes(5);

	private static final Duration INTERVAL = Engine.POLL_EVERY;

	/** At ten calls a second, chance alone occasionally puts thirty into one second. */
	private static final Duration PEAK = Duration.ofSeconds(3);

	private final JdbcClient jdbc;

	ThrottlingTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, LONG.multipliedBy(2));
		this.jdbc = jdbc;
	}

	/**
	 * Runs being polled, started evenly or at once. In the first interval they call as
	 * planned.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 30, 1 })
	void buildingRunsSlowDown(int seconds) {
		begin(seconds);
		pass(INTERVAL.multipliedBy(2));
		Load idle = pass(LONG);
		throttle(1);
		pass(INTERVAL);
		Load throttled = pass(LONG.minus(INTERVAL));
		Load half = halfThrottled();
		Load back = backToPace(idle);
		holds("%d runs begun within %d s and being built".formatted(RUNS, seconds), idle,
				List.of(throttled, half, back));
	}

	/**
	 * Runs that have everything to create, started evenly while every call is throttled.
	 */
	@Test
	void runsThatBeginSlowDown() {
		throttle(1);
		Load throttled = begin(30).and(pass(LONG.minusSeconds(30)));
		Load half = halfThrottled();
		this.simulator.clearFaults();
		Load back = pass(INTERVAL.multipliedBy(2));
		assertThat(struggling()).isZero();
		Load idle = pass(LONG);
		holds("%d runs begun while throttled".formatted(RUNS), idle, List.of(throttled, half, back));
	}

	private Load halfThrottled() {
		this.simulator.clearFaults();
		throttle(0.5);
		return pass(LONG);
	}

	private Load backToPace(Load idle) {
		this.simulator.clearFaults();
		Load back = pass(INTERVAL.multipliedBy(2));
		assertThat(struggling()).isZero();
		double pace = pass(INTERVAL.multipliedBy(2)).mean() / idle.mean();
		assertThat(pace).as("pace after two intervals").isBetween(0.9, 1.1);
		return back;
	}

	private void holds(String what, Load idle, List<Load> phases) {
		List<Double> rates = phases.stream().map((phase) -> phase.most(INTERVAL) / idle.mean()).toList();
		List<Double> peaks = phases.stream().map((phase) -> phase.most(PEAK) / phase.mean()).toList();
		String figures = "idle %.1f calls/s; throttled, half, after: most calls per interval %s × idle, peaks %s × mean"
			.formatted(idle.mean(), inWords(rates), inWords(peaks));
		assertThat(rates).as(figures).allMatch((rate) -> rate <= 2);
		assertThat(peaks).as(figures).allMatch((peak) -> peak <= 3);
		this.engine.runToTheEnd();
		assertThat(this.jdbc.sql("select count(*) from run where status = 'SUCCEEDED'").query(Integer.class).single())
			.isEqualTo(RUNS);
		assertThat(this.simulator.builds()).isEqualTo(RUNS);
		Chaos.held(8, what + ", all calls throttled for 5 min, then half of them", figures);
	}

	private static String inWords(List<Double> figures) {
		return String.join(", ", figures.stream().map("%.1f"::formatted).toList());
	}

	private void throttle(double share) {
		this.simulator.always()
			.withProbability(share, Chaos.random(8).nextLong())
			.meet(Fault.error(429, "CallRateLimitExceededException"));
	}

	private Load begin(int seconds) {
		return Load.of(IntStream.range(0, seconds).map((second) -> {
			IntStream.range(0, RUNS / seconds)
				.forEach((i) -> this.engine.start(any((i % 2 == 0) ? RunKind.BUILD : RunKind.SOURCE_IMAGE)));
			return callsOfASecond();
		}));
	}

	private Load pass(Duration duration) {
		return Load.of(IntStream.range(0, (int) duration.toSeconds()).map((second) -> callsOfASecond()));
	}

	// The poller's tick.
	private int callsOfASecond() {
		int before = calls();
		this.time.pass(Duration.ofSeconds(1));
		this.engine.tick();
		return calls() - before;
	}

	private int calls() {
		return IntStream
			.of(this.simulator.count(Operation.CREATE_DISTRIBUTION_CONFIGURATION),
					this.simulator.count(Operation.CREATE_IMAGE), this.simulator.count(Operation.DISTRIBUTE_IMAGE),
					this.simulator.count(Operation.GET_IMAGE))
			.sum();
	}

	private int struggling() {
		return this.jdbc.sql("select count(*) from run where attempts > 0 or step <> 'getImage'")
			.query(Integer.class)
			.single();
	}

	/** The number of calls in each second. */
	private record Load(List<Integer> perSecond) {

		static Load of(IntStream perSecond) {
			return new Load(perSecond.boxed().toList());
		}

		Load and(Load next) {
			List<Integer> both = new ArrayList<>(this.perSecond);
			both.addAll(next.perSecond);
			return new Load(both);
		}

		int total() {
			return this.perSecond.stream().mapToInt(Integer::intValue).sum();
		}

		double mean() {
			return (double) total() / this.perSecond.size();
		}

		/** The mean rate in the busiest period of this length. */
		double most(Duration length) {
			int seconds = (int) length.toSeconds();
			return IntStream.rangeClosed(0, this.perSecond.size() - seconds)
				.map((from) -> new Load(this.perSecond.subList(from, from + seconds)).total())
				.max()
				.orElseThrow() / (double) seconds;
		}

	}

}
