package dev.distributeimage.simulator;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SimulatorTests {

	@Test
	void imageBecomesAvailableInEveryRegionOfItsDistribution() {
		HandCrankedClock clock = new HandCrankedClock();
		try (Simulator simulator = Simulator.start(SimulatorSettings.defaults().withClock(clock));
				SdkCalls calls = SdkCalls.to(simulator)) {
			String distribution = calls.createDistribution("My Distribution_1",
					SdkCalls.amisIn("eu-west-1", "us-east-1"));
			String arn = calls.createImage("web/1.0.x", distribution, "token-1").imageBuildVersionArn();
			assertThat(distribution).isEqualTo(SdkCalls.PREFIX + "distribution-configuration/my-distribution-1");
			assertThat(arn).isEqualTo(SdkCalls.PREFIX + "image/web/1.0.0/1");
			assertThat(calls.status(arn)).isEqualTo("PENDING");
			clock.advance(Duration.ofSeconds(6));
			assertThat(calls.status(arn)).isEqualTo("AVAILABLE");
			assertThat(calls.image(arn).outputResources().amis()).hasSize(2);
			assertThat(simulator.builds()).isEqualTo(1);
			assertThat(simulator.requests(Operation.GET_IMAGE)).hasSize(3);
		}
	}

}
