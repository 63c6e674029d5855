package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.UUID;

import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.intake.RemovalDue;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests the poller of removals with its thread. */
@NullUnmarked
class RemovalPollerTests extends VirtualRuns {

	private RemovalPoller poller;

	RemovalPollerTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, Duration.ofMinutes(2));
	}

	@AfterEach
	void stop() {
		this.poller.stop();
	}

	@Test
	void tickerLooksAgainAndAgainUntilItIsStopped() {
		start(Duration.ofMillis(20));
		for (int i = 0; i < 3; i++) {
			this.engine.remove(newLeftover());
			awaitRemoval();
		}
		this.poller.stop();
		assertThat(this.poller.isRunning()).isFalse();
		this.engine.remove(newLeftover());
		assertThat(this.poller.isLookUnderWay()).isFalse();
		assertThat(this.engine.removeWhatIsDue()).isOne();
	}

	@Test
	void removalThatIsRequestedHereDoesNotWaitForATick() {
		start(Duration.ofHours(1));
		UUID leftover = newLeftover();
		this.engine.remove(leftover);
		this.poller.on(new RemovalDue(leftover));
		awaitRemoval();
	}

	@Test
	void lookThatFailsIsNotTheLastOne() {
		start(Duration.ofMillis(20));
		UUID leftover = newLeftover();
		this.engine.jdbc().sql("alter table leftover rename to away").update();
		try {
			Awaitility.await().during(Duration.ofMillis(200)).until(this.poller::isRunning);
		}
		finally {
			this.engine.jdbc().sql("alter table away rename to leftover").update();
		}
		this.engine.remove(leftover);
		awaitRemoval();
	}

	@Test
	void stopWaitsForTheCallInProgress() {
		this.engine.remove(newLeftover());
		this.simulator.onNext(Operation.DELETE_DISTRIBUTION_CONFIGURATION, Fault.hangFor(Duration.ofMillis(300)));
		start(Duration.ofHours(1));
		Awaitility.await().until(() -> this.simulator.count(Operation.DELETE_DISTRIBUTION_CONFIGURATION) == 1);
		this.poller.stop();
		assertThat(open()).isZero();
		assertThat(this.simulator.distributionConfigurations()).isZero();
	}

	private void start(Duration tick) {
		this.poller = this.engine.removals(tick);
		assertThat(this.poller.isAutoStartup()).isTrue();
		this.poller.start();
	}

	/** The configuration of a run that has failed because AWS refused its image. */
	private UUID newLeftover() {
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(400, "ClientException"));
		UUID run = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		return this.engine.jdbc()
			.sql("select id from leftover where run_id = :run")
			.param("run", run)
			.query(UUID.class)
			.single();
	}

	private void awaitRemoval() {
		Awaitility.await().until(() -> open() == 0);
		assertThat(this.simulator.distributionConfigurations()).isZero();
	}

	private int open() {
		return this.engine.jdbc()
			.sql("select count(*) from leftover where closed_at is null")
			.query(Integer.class)
			.single();
	}

}
