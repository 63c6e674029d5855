package dev.distributeimage.bench;

import java.io.IOException;
import java.util.List;

import dev.distributeimage.workflow.PollCost;
import dev.distributeimage.workflow.PollCost.Builds;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Measures the cost of polling in calls to AWS, and the delay in detecting the end of a
 * build, in virtual time: {@code ./mvnw -Pbench test -Dtest=PollingBenchmark}.
 */
@Tag("bench")
class PollingBenchmark {

	private static final long SEED = Long.getLong("bench.seed", 1);

	@Test
	void endsAreSeenAsSoonWithFewerCalls() throws IOException {
		Report report = new Report("polling", about(), "builds", "failing", "polled", "GetImage per run", "× fixed",
				"mean lag s", "p95 lag s", "longest lag s");
		for (double failing : List.of(0.0, 0.05, 0.07, 0.1, 0.2)) {
			compare(report, "with a history", new Builds(200, 50, 20, failing, SEED));
		}
		compare(report, "the first 50 of each recipe", new Builds(200, 50, 0, 0.07, SEED));
		compare(report, "the first 10 of each recipe", new Builds(1_000, 10, 0, 0.07, SEED));
		compare(report, "without a history", new Builds(10_000, 1, 0, 0.07, SEED));
		report.write();
	}

	private static void compare(Report report, String which, Builds builds) {
		PollCost fixed = PollCost.fixed(builds);
		PollCost shipped = PollCost.shipped(builds);
		row(report, which, builds, "at the same interval", fixed, fixed);
		row(report, which, builds, "as shipped", shipped, fixed);
		assertThat(shipped.longestLag()).isLessThanOrEqualTo(2.0 * (double) PollCost.POLL_EVERY.toSeconds());
	}

	private static void row(Report report, String which, Builds builds, String polled, PollCost cost, PollCost base) {
		report.row("%,d, %s".formatted(builds.counted(), which), "%.0f %%".formatted(builds.failing() * 100), polled,
				cost.callsPerRun(), cost.callsPerRun() / base.callsPerRun(), cost.meanLag(), cost.lagOf95Percent(),
				cost.longestLag());
	}

	private static String about() {
		return """
				Builds of 9 to 90 minutes, `poll-every` %d s; those that fail do so at any time. \
				Lag: from the end of the build to the answer that shows it. Seed %d."""
			.formatted(PollCost.POLL_EVERY.toSeconds(), SEED);
	}

}
