package dev.distributeimage.workflow.pace;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

import dev.distributeimage.run.view.EarlierBuild;
import dev.distributeimage.run.view.EarlierBuild.Seen;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ExpectationTests {

	private static final Instant BEGIN = Instant.parse("2026-09-03T05:44:21.121Z");

	@Test
	void nothingIsExpectedWithoutAHistory() {
		assertThat(Expectation.of(List.of()).minLeft("BUILDING", Duration.ZERO)).isEmpty();
		assertThat(Expectation.NONE.minLeft("BUILDING", Duration.ZERO)).isEmpty();
	}

	@Test
	void fewBuildsAreNoHistory() {
		assertThat(Expectation.of(builds(10, 11)).minLeft("BUILDING", Duration.ZERO)).isEmpty();
		assertThat(Expectation.of(builds(10, 11, 12)).minLeft("BUILDING", Duration.ZERO)).isPresent();
	}

	@Test
	void leastIsLeftOfTheQuickestBuild() {
		Expectation expectation = Expectation.of(builds(20, 10, 30));
		assertThat(expectation.minLeft("BUILDING", Duration.ZERO)).hasValue(Duration.ofMinutes(10 + 4));
		assertThat(expectation.minLeft("BUILDING", Duration.ofMinutes(9))).hasValue(Duration.ofMinutes(5));
		assertThat(expectation.minLeft("TESTING", Duration.ofMinutes(1))).hasValue(Duration.ofMinutes(3));
		assertThat(expectation.minLeft("TESTING", Duration.ofMinutes(4))).hasValue(Duration.ZERO);
	}

	@Test
	void timeAfterAStatusIsLeftHoweverLongItIsShown() {
		Expectation expectation = Expectation.of(builds(20, 10, 30));
		assertThat(expectation.minLeft("BUILDING", Duration.ofMinutes(34))).hasValue(Duration.ofMinutes(4));
	}

	@Test
	void nothingIsExpectedOfABuildThatTakesLongerThanAnyBefore() {
		Expectation expectation = Expectation.of(builds(20, 10, 30));
		assertThat(expectation.minLeft("BUILDING", Duration.ofMinutes(35))).isEmpty();
		assertThat(expectation.minLeft("BUILDING", Duration.ofSeconds(Long.MAX_VALUE))).isEmpty();
	}

	@Test
	void nothingIsExpectedOfAStatusThatIsMissingOrWasNotSeen() {
		Expectation expectation = Expectation.of(builds(20, 10, 30));
		assertThat(expectation.minLeft(null, Duration.ZERO)).isEmpty();
		assertThat(expectation.minLeft("INTEGRATING", Duration.ZERO)).isEmpty();
		assertThat(expectation.minLeft("AVAILABLE", Duration.ZERO)).isEmpty();
	}

	@Test
	void statusThatIsSeenAgainCountsFromTheFirstTime() {
		EarlierBuild build = new EarlierBuild(List.of(at("BUILDING", 0), at("BUILDING", 5), at("TESTING", 10),
				at("BUILDING", 12), at("AVAILABLE", 20)));
		Expectation expectation = Expectation.of(Collections.nCopies(3, build));
		assertThat(expectation.minLeft("BUILDING", Duration.ZERO)).hasValue(Duration.ofMinutes(20));
		assertThat(expectation.minLeft("BUILDING", Duration.ofMinutes(15))).hasValue(Duration.ofMinutes(10));
	}

	@Test
	void failedBuildsTellNothingButTheirShare() {
		EarlierBuild failed = new EarlierBuild(List.of(at("BUILDING", 0), at("FAILED", 1)));
		List<EarlierBuild> builds = new ArrayList<>(builds(20, 10, 30));
		assertThat(Expectation.of(builds).failureRate()).isLessThan(0.05);
		IntStream.range(0, 3).forEach((i) -> builds.add(failed));
		assertThat(Expectation.of(builds).minLeft("BUILDING", Duration.ZERO)).hasValue(Duration.ofMinutes(14));
		assertThat(Expectation.of(builds).failureRate()).isBetween(0.2, 0.5);
	}

	/** Builds with these minutes of building and four of testing. */
	private static List<EarlierBuild> builds(int... minutes) {
		return IntStream.of(minutes)
			.mapToObj((building) -> new EarlierBuild(
					List.of(at("BUILDING", 0), at("TESTING", building), at("AVAILABLE", building + 4))))
			.toList();
	}

	private static Seen at(String status, int minute) {
		return new Seen(status, BEGIN.plus(Duration.ofMinutes(minute)));
	}

}
