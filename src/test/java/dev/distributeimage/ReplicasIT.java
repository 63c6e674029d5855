package dev.distributeimage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.SimulatedImage;
import dev.distributeimage.simulator.Simulator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the jar with its own configuration, killed, restarted and beside another one.
 */
class ReplicasIT {

	private final Simulator simulator = Simulator.start();

	private final JdbcConnectionDetails database = new TestPostgres().newDatabase();

	@AfterEach
	void close() {
		this.simulator.close();
	}

	@Test
	void serviceKilledAtAnyMomentEndsEveryRunWithOneImageEach() {
		this.simulator.change((settings) -> settings.withPace(Duration.ofMillis(500)).withConcurrentBuilds(1_000));
		this.simulator.always(Operation.CREATE_IMAGE)
			.withProbability(0.3, 1)
			.meet(Fault.hangFor(Duration.ofMillis(300)).afterCommit());
		this.simulator.always(Operation.CREATE_DISTRIBUTION_CONFIGURATION)
			.withProbability(0.2, 2)
			.meet(Fault.error(500, "ServiceException").afterCommit());
		Random random = new Random(4711);
		List<String> locations = new ArrayList<>();
		for (int kills = 0; kills < 4; kills++) {
			try (ServiceProcess service = ServiceProcess.start(this.database, this.simulator.endpoint(),
					ServiceIT.QUICK)) {
				for (int i = 0; i < 15; i++) {
					locations.add(service.post(ServiceIT.request("web-" + locations.size()))
						.headers()
						.firstValue("Location")
						.orElseThrow());
				}
				int calls = this.simulator.requests().size() + 10 + random.nextInt(60);
				Awaitility.await()
					.pollInterval(Duration.ofMillis(2))
					.until(() -> this.simulator.requests().size() >= calls || allAreBuilt(locations.size()));
				service.kill();
			}
		}
		try (ServiceProcess service = ServiceProcess.start(this.database, this.simulator.endpoint(), ServiceIT.QUICK)) {
			assertThat(service.ended(locations))
				.allSatisfy((run) -> assertThat(run.at("/outputs/finalStatus").stringValue()).isEqualTo("AVAILABLE"));
		}
		assertThat(locations).hasSize(60);
		assertThat(this.simulator.builds()).isEqualTo(60);
		assertThat(this.simulator.distributionConfigurations()).isEqualTo(60);
	}

	// Few calls come after that.
	private boolean allAreBuilt(int runs) {
		List<SimulatedImage> images = this.simulator.images();
		return images.size() == runs && images.stream().allMatch(SimulatedImage::hasEnded);
	}

	@Test
	void twoReplicasShareTheRunsAndStopInTime() throws Exception {
		this.simulator.change((settings) -> settings.withPace(Duration.ofMillis(200)).withConcurrentBuilds(1_000));
		List<String> locations = new ArrayList<>();
		// No call may time out, because it would be repeated.
		String[] settings = { "--distribute-image.image.poll-every=300ms", "--distribute-image.poller.tick=200ms" };
		try (ServiceProcess one = ServiceProcess.start(this.database, this.simulator.endpoint(), settings);
				ServiceProcess other = ServiceProcess.start(this.database, this.simulator.endpoint(), settings)) {
			for (int i = 0; i < 60; i++) {
				ServiceProcess taker = (i % 2 == 0) ? one : other;
				locations.add(taker.post(ServiceIT.request("web-" + i)).headers().firstValue("Location").orElseThrow());
			}
			assertThat(one.stop(Duration.ofSeconds(30))).isEqualTo(143);
			assertThat(other.ended(locations))
				.allSatisfy((run) -> assertThat(run.at("/status").stringValue()).isEqualTo("SUCCEEDED"));
		}
		assertThat(this.simulator.builds()).isEqualTo(60);
		assertThat(this.simulator.count(Operation.CREATE_IMAGE)).isEqualTo(60);
	}

}
