package dev.distributeimage.audit;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for the record of what callers do.
 *
 * @param keep how long records stay in the table, at least 30 days: the database refuses
 * to remove later ones
 * @param reads whether reads are recorded too
 */
@ConfigurationProperties("distribute-image.audit")
record AuditSettings(@DefaultValue("400d") Duration keep, @DefaultValue("false") boolean reads) {

	private static final Duration SHORTEST = Duration.ofDays(30);

	AuditSettings {
		if (keep.compareTo(SHORTEST) < 0) {
			throw new IllegalArgumentException("distribute-image.audit.keep must be at least 30d");
		}
	}

}
