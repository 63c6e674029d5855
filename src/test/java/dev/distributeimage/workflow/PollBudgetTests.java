package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.distributeimage.run.NewRuns;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.RecordedRequest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests more polls than {@code aws.calls-per-second} allows, in virtual time. */
class PollBudgetTests extends VirtualRuns {

	private static final int ROUNDS = 3;

	/** Runs with something to create: two calls each, and a first poll. */
	private static final int CREATES = 10;

	private final BeanFactory beans;

	PollBudgetTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, Duration.ofHours(12));
		this.beans = beans;
	}

	@Test
	void twoHundredRunsShareTheBudgetEvenly() {
		share(200, 2);
	}

	/** Run it with {@code ./mvnw -Pbench test -Dtest=PollBudgetTests}. */
	@Test
	@Tag("bench")
	void threeThousandRunsShareTheBudgetEvenly() {
		share(3_000, 5);
	}

	private void share(int runs, int callsPerSecond) {
		Engine limited = new Engine(this.beans, this.time, this.imageBuilder, 42, callsPerSecond);
		UUID cancelled = this.engine.start(NewRuns.any());
		IntStream.range(1, runs).forEach((i) -> this.engine.start(NewRuns.any()));
		this.engine.tick();
		assertThat(this.simulator.count(Operation.GET_IMAGE)).isEqualTo(runs);
		this.simulator.forgetRequests();
		int round = runs / callsPerSecond;
		pass(limited, ROUNDS * round);
		String figures = evenly(runs, round);
		this.simulator.forgetRequests();
		IntStream.range(0, CREATES).forEach((i) -> limited.start(NewRuns.any()));
		limited.cancel(cancelled);
		pass(limited, 1);
		assertThat(this.simulator.count(Operation.CANCEL_IMAGE_CREATION)).isOne();
		pass(limited, 3 * CREATES / callsPerSecond);
		assertThat(this.simulator.count(Operation.CREATE_IMAGE)).isEqualTo(CREATES);
		System.out.printf("%d runs, %d calls per second: %s%n", runs, callsPerSecond, figures);
	}

	// The poller's tick.
	private void pass(Engine limited, int seconds) {
		for (int i = 0; i < seconds; i++) {
			this.time.pass(Duration.ofSeconds(1));
			limited.tickOnce();
		}
	}

	private String evenly(int runs, int round) {
		Collection<List<Instant>> polls = this.simulator.requests(Operation.GET_IMAGE)
			.stream()
			.collect(Collectors.groupingBy((request) -> request.parameter("imageBuildVersionArn").orElseThrow(),
					Collectors.mapping(RecordedRequest::at, Collectors.toList())))
			.values();
		List<Long> gaps = polls.stream().flatMap(PollBudgetTests::gaps).sorted().toList();
		double mean = gaps.stream().mapToLong(Long::longValue).average().orElseThrow();
		String figures = "%d polls, of each run %d to %d; %d to %d s apart, %.0f on average".formatted(
				polls.stream().mapToInt(List::size).sum(), least(polls), most(polls), gaps.get(0),
				gaps.get(gaps.size() - 1), mean);
		assertThat(polls).as(figures).hasSize(runs);
		assertThat(mean).as(figures).isBetween(0.9 * round, 1.1 * round);
		assertThat(gaps.get(gaps.size() - 1)).as(figures).isLessThan((long) (1.5 * mean));
		assertThat(most(polls) - least(polls)).as(figures).isLessThanOrEqualTo(1);
		return figures;
	}

	private static int least(Collection<List<Instant>> polls) {
		return polls.stream().mapToInt(List::size).min().orElseThrow();
	}

	private static int most(Collection<List<Instant>> polls) {
		return polls.stream().mapToInt(List::size).max().orElseThrow();
	}

	private static Stream<Long> gaps(List<Instant> polls) {
		List<Long> gaps = new ArrayList<>();
		for (int i = 1; i < polls.size(); i++) {
			gaps.add(Duration.between(polls.get(i - 1), polls.get(i)).toSeconds());
		}
		return gaps.stream();
	}

}
