package dev.distributeimage.workflow;

import dev.distributeimage.workflow.PollCost.Builds;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PollCostTests {

	/** Two thousand builds are too few for that; the benchmark has more. */
	private static final double ALMOST = 1.02;

	@Test
	void endsAreSeenAsSoonWithFarFewerCalls() {
		Builds builds = new Builds(80, 25, 20, 0.07, 1);
		PollCost fixed = PollCost.fixed(builds);
		PollCost shipped = PollCost.shipped(builds);
		assertThat(shipped.callsPerRun()).isLessThan(0.65 * fixed.callsPerRun());
		assertThat(shipped.meanLag()).isLessThan(ALMOST * fixed.meanLag());
		assertThat(shipped.lagOf95Percent()).isLessThan(ALMOST * fixed.lagOf95Percent());
		assertThat(shipped.longestLag()).isBetween(50.0, 60.0);
	}

}
