package dev.distributeimage.simulator;

import java.time.Duration;

import org.junit.jupiter.api.AutoClose;

/**
 * Base class of tests with a simulator whose images advance one step at a time, when the
 * test says so.
 */
abstract class SteppedSimulatorTest {

	static final Duration STEP = Duration.ofSeconds(10);

	final HandCrankedClock clock = new HandCrankedClock();

	@AutoClose
	final Simulator simulator = Simulator.start(SimulatorSettings.defaults().withClock(this.clock).withPace(STEP));

	@AutoClose
	final SdkCalls calls = SdkCalls.to(this.simulator);

}
