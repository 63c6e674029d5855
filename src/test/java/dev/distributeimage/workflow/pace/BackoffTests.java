package dev.distributeimage.workflow.pace;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.imagebuilder.ImageBuilders;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.queue.Claims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class BackoffTests {

	private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(30),
			new Random(7), new Throttles());

	@ParameterizedTest
	@CsvSource({ "1, 1000", "2, 2000", "3, 4000", "6, 32000", "7, 60000", "8, 60000", "1000, 60000",
			"2147483647, 60000" })
	void limitDoublesUpToTheLongestWait(int failures, long limit) {
		List<Long> waits = IntStream.range(0, 2_000)
			.mapToObj((i) -> this.backoff.exponential(failures).toMillis())
			.toList();
		assertThat(waits).allMatch((wait) -> wait >= 50 && wait <= limit);
		assertThat(waits).anyMatch((wait) -> wait < limit / 10).anyMatch((wait) -> wait > limit * 9 / 10);
	}

	@Test
	void slowWaitIsCloseToTheLongest() {
		assertThat(IntStream.range(0, 1_000).mapToObj((i) -> this.backoff.slow().toMillis()))
			.allMatch((wait) -> wait >= 48_000 && wait <= 60_000);
	}

	@Test
	void pollsKeepTheirIntervalGiveOrTakeATenth() {
		assertThat(IntStream.range(0, 1_000).mapToObj((i) -> this.backoff.poll().toMillis()))
			.allMatch((wait) -> wait >= 27_000 && wait <= 33_000)
			.anyMatch((wait) -> wait < 28_000)
			.anyMatch((wait) -> wait > 32_000);
	}

	@Test
	void runThatIsThrottledWaitsLikeAllThatAre() {
		ImageBuilderException throttled = ImageBuilders.throttled("CreateImage");
		Run first = Claims.inRegion("eu-west-1").run();
		this.backoff.throttles().called(first.place(), true);
		assertThat(seconds(() -> this.backoff.after(throttled, first))).allMatch((wait) -> wait <= 1.2);
		called(first, 200, true);
		assertThat(seconds(() -> this.backoff.after(throttled, first))).allMatch((wait) -> wait >= 28 && wait <= 60);
		assertThat(seconds(() -> this.backoff.after(throttled, Claims.inRegion("us-east-1").run())))
			.allMatch((wait) -> wait <= 1);
		called(first, 1_000, false);
		assertThat(seconds(() -> this.backoff.after(throttled, first))).allMatch((wait) -> wait <= 1);
	}

	@Test
	void throttledPollsSpreadOut() {
		ImageBuilderException throttled = ImageBuilders.throttled("GetImage");
		Run run = Claims.inRegion("eu-west-1").run();
		assertThat(seconds(() -> this.backoff.pollAfter(throttled, run))).allMatch((wait) -> wait >= 27 && wait <= 60)
			.anyMatch((wait) -> wait < 30)
			.anyMatch((wait) -> wait > 57);
	}

	@Test
	void noWaitIsShorterThanFiftyMilliseconds() {
		Backoff eager = new Backoff(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofSeconds(1), new Random(7),
				new Throttles());
		assertThat(eager.exponential(1)).isEqualTo(Duration.ofMillis(50));
		assertThat(eager.slow()).isEqualTo(Duration.ofMillis(50));
	}

	private void called(Run run, int times, boolean throttled) {
		IntStream.range(0, times).forEach((i) -> this.backoff.throttles().called(run.place(), throttled));
	}

	private static List<Double> seconds(Supplier<Duration> wait) {
		return IntStream.range(0, 1_000).mapToObj((i) -> wait.get().toMillis() / 1000.0).toList();
	}

}
