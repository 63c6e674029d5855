package dev.distributeimage.workflow;

import java.time.Duration;

import dev.distributeimage.workflow.Pulse.Look;
import dev.distributeimage.workflow.pace.ImageSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Reports whether runs move on. Belongs to neither probe: requests are accepted all the
 * same, and another replica would fare no better if AWS or the database holds runs up.
 */
@Component
@ConditionalOnEnabledHealthIndicator("poller")
class PollerHealthIndicator implements HealthIndicator {

	private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

	/** A long tick, such as a minute, must not raise an alarm at every look. */
	private static final int TICKS = 3;

	private static final int POLLS = 5;

	private final PollerSettings settings;

	private final RunPoller poller;

	private final Pulse pulse;

	private final Duration longestSilence;

	private final Duration longestDue;

	PollerHealthIndicator(PollerSettings settings, ImageSettings image, RunPoller poller, Pulse pulse) {
		this.settings = settings;
		this.poller = poller;
		this.pulse = pulse;
		Duration ticks = settings.tick().multipliedBy(TICKS);
		this.longestSilence = (ticks.compareTo(LONGEST_SILENCE) > 0) ? ticks : LONGEST_SILENCE;
		this.longestDue = image.pollEvery().multipliedBy(POLLS);
	}

	@Override
	public Health health() {
		if (!this.settings.enabled()) {
			return Health.up().withDetail("poller", "off").build();
		}
		Look last = this.pulse.last();
		if (!this.poller.isRunning() || last == null) {
			return down("The poller does not run", last);
		}
		if (this.pulse.age(last).compareTo(this.longestSilence) > 0) {
			return down(
					"The poller has not looked for due runs for over %d s".formatted(this.longestSilence.toSeconds()),
					last);
		}
		if (last.dueAge().compareTo(this.longestDue) > 0) {
			return down("A run has been due for over %d s".formatted(this.longestDue.toSeconds()), last);
		}
		return Health.up().withDetail("lastLook", last.at().toString()).build();
	}

	private static Health down(String reason, @Nullable Look last) {
		Health.Builder down = Health.down().withDetail("reason", reason);
		if (last != null) {
			down.withDetail("lastLook", last.at().toString()).withDetail("oldestDueSince", last.dueSince().toString());
		}
		return down.build();
	}

}
