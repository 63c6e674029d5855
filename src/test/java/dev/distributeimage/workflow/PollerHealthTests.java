package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.Objects;

import dev.distributeimage.run.NewRuns;
import dev.distributeimage.workflow.Pulse.Look;
import dev.distributeimage.workflow.pace.ImageSettings;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests when the poller's health is down, with a poller that looks for runs. */
@NullUnmarked
class PollerHealthTests extends VirtualRuns {

	/** The poller looks once, when it is started. */
	private static final Duration TICK = Duration.ofSeconds(20);

	private static final Duration POLL_EVERY = Duration.ofSeconds(5);

	private final RunPoller poller = this.engine.poller(Engine.settings(true, TICK));

	PollerHealthTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, Duration.ofMinutes(5));
	}

	@AfterEach
	void stop() {
		this.poller.stop();
	}

	@Test
	void pollerThatLooksIsUp() {
		look(Duration.ofSeconds(25));
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		assertThat(health().getDetails()).containsEntry("lastLook", last().at().toString());
	}

	@Test
	void runDueForFiveIntervalsIsDown() {
		look(Duration.ofSeconds(26));
		assertThat(health().getStatus()).isEqualTo(Status.DOWN);
		assertThat(health().getDetails()).containsEntry("reason", "A run has been due for over 25 s")
			.containsEntry("oldestDueSince", last().at().minusSeconds(26).toString());
	}

	@Test
	void pollerThatDoesNotLookIsDown() {
		look(Duration.ofSeconds(1));
		this.time.pass(Duration.ofSeconds(60));
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		this.time.pass(Duration.ofSeconds(1));
		assertThat(health().getStatus()).isEqualTo(Status.DOWN);
		assertThat(health().getDetails())
			.containsEntry("reason", "The poller has not looked for due runs for over 60 s")
			.containsEntry("lastLook", last().at().toString());
	}

	@Test
	void pollerThatLooksRarelyMayBeSilentForThreeTicks() {
		look(Duration.ofSeconds(1));
		this.time.pass(Duration.ofSeconds(90));
		assertThat(health(true, Duration.ofSeconds(30)).getStatus()).isEqualTo(Status.UP);
		this.time.pass(Duration.ofSeconds(1));
		assertThat(health(true, Duration.ofSeconds(30)).getStatus()).isEqualTo(Status.DOWN);
	}

	@Test
	void pollerThatIsStoppedIsDown() {
		look(Duration.ofSeconds(1));
		this.poller.stop();
		assertThat(health().getStatus()).isEqualTo(Status.DOWN);
		assertThat(health().getDetails()).containsEntry("reason", "The poller does not run");
	}

	@Test
	void replicaWithoutAPollerIsUp() {
		assertThat(health(false, TICK)).isEqualTo(Health.up().withDetail("poller", "off").build());
	}

	/** Has the poller look at a run that another worker has, and that was due before. */
	private void look(Duration dueBefore) {
		this.engine.start(NewRuns.any());
		assertThat(this.engine.take()).isPresent();
		this.time.pass(dueBefore);
		this.poller.start();
		Awaitility.await().until(() -> last().dueAge().equals(dueBefore));
	}

	private Look last() {
		return Objects.requireNonNull(this.engine.pulse().last());
	}

	private Health health() {
		return health(true, TICK);
	}

	private Health health(boolean enabled, Duration tick) {
		return new PollerHealthIndicator(Engine.settings(enabled, tick), new ImageSettings(POLL_EVERY), this.poller,
				this.engine.pulse())
			.health();
	}

}
