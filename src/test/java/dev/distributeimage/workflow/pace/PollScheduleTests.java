package dev.distributeimage.workflow.pace;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import dev.distributeimage.run.Image;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.Claims;
import dev.distributeimage.run.view.EarlierBuild;
import dev.distributeimage.run.view.EarlierBuild.Seen;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PollScheduleTests {

	private static final Instant NOW = Instant.parse("2026-09-03T05:44:21.121Z");

	private final List<EarlierBuild> builds = new ArrayList<>(Collections.nCopies(20, build("AVAILABLE")));

	@Test
	void withoutAHistoryTheIntervalIsTheUsualOne() {
		this.builds.clear();
		assertThat(pauses(Duration.ZERO)).allMatch((pause) -> pause >= 27 && pause <= 33)
			.anyMatch((pause) -> pause < 28)
			.anyMatch((pause) -> pause > 32);
	}

	@Test
	void beforeAnyBuildHasEndedItIsNearlyTwiceTheInterval() {
		assertThat(pauses(Duration.ZERO)).allMatch((pause) -> pause >= 57 && pause < 60);
	}

	@Test
	void pollIsNotPutOffBeyondTheMomentWhenBuildsBeginToEnd() {
		assertThat(pauses(Duration.ofSeconds(530))).allMatch((pause) -> pause == 40);
	}

	@Test
	void whereBuildsEndItIsAtTheLowerEndOfTheInterval() {
		for (int shown : List.of(545, 570, 600)) {
			assertThat(pauses(Duration.ofSeconds(shown))).allMatch((pause) -> pause >= 27 && pause <= 28);
		}
	}

	@Test
	void afterTheLongestBuildItIsTheUsualOneAgain() {
		assertThat(pauses(Duration.ofSeconds(601))).anyMatch((pause) -> pause > 32);
		assertThat(pauses(Duration.ofDays(10_000))).allMatch((pause) -> pause >= 27 && pause <= 33);
	}

	@Test
	void statusShownSinceTheFutureIsShownForNoTime() {
		assertThat(pauses(Duration.ofDays(-1))).allMatch((pause) -> pause >= 57 && pause < 60);
	}

	@Test
	void longestIntervalShrinksAsMoreBuildsFail() {
		IntStream.range(0, 4).forEach((i) -> this.builds.set(i, build("FAILED")));
		assertThat(pauses(Duration.ZERO)).allMatch((pause) -> pause >= 42 && pause <= 46);
		IntStream.range(0, 16).forEach((i) -> this.builds.set(i, build("FAILED")));
		assertThat(pauses(Duration.ZERO)).allMatch((pause) -> pause >= 27 && pause <= 33);
	}

	@Test
	void cancelledRunIsPolledAtTheUsualInterval() {
		Claim claim = Claims.cancelled(polled(Duration.ZERO));
		assertThat(pauses(claim)).allMatch((pause) -> pause >= 27 && pause <= 33);
	}

	private List<Double> pauses(Duration shown) {
		return pauses(polled(shown));
	}

	private List<Double> pauses(Claim claim) {
		Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(30),
				new Random(7), new Throttles());
		PollSchedule schedule = new PollSchedule(backoff, new Expectations((id) -> this.builds, System::nanoTime));
		return IntStream.range(0, 1_000)
			.mapToObj((i) -> schedule.after(claim.run(), image(), claim.now()).toMillis() / 1000.0)
			.toList();
	}

	private static Claim polled(Duration shown) {
		Claim claim = Claims.polling("web");
		claim.run().imageSeen(image(), Duration.ZERO, claim.now());
		return Claims.again(claim, NOW.minus(shown), NOW);
	}

	private static Image image() {
		return Image.of("BUILDING", null);
	}

	/** A build of ten minutes. */
	private static EarlierBuild build(String end) {
		return new EarlierBuild(List.of(new Seen("BUILDING", NOW), new Seen(end, NOW.plusSeconds(600))));
	}

}
