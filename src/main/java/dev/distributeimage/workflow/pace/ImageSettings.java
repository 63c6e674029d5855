package dev.distributeimage.workflow.pace;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for the step getImage.
 *
 * @param pollEvery the interval between two polls of an image, at least 10 ms, give or
 * take 10 %; up to twice that while no earlier build of the recipe would have ended.
 * After a failed poll it is at least that, and longer if the backoff is
 */
@ConfigurationProperties("distribute-image.image")
public record ImageSettings(@DefaultValue("30s") Duration pollEvery) {

	public ImageSettings {
		if (pollEvery.toMillis() < 10) {
			throw new IllegalArgumentException("distribute-image.image.poll-every must be at least 10ms");
		}
	}

}
