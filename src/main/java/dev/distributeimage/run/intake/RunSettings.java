package dev.distributeimage.run.intake;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for every run.
 *
 * @param deadline the maximum duration of a run that does not set its own, more than 0
 */
@ConfigurationProperties("distribute-image.run")
record RunSettings(@DefaultValue("12h") Duration deadline) {

	RunSettings {
		if (deadline.isNegative() || deadline.isZero()) {
			throw new IllegalArgumentException("distribute-image.run.deadline must be positive");
		}
	}

}
