package dev.distributeimage.api.watch;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for callers that wait for changes.
 *
 * @param every the interval between two polls of the runs that callers wait for
 * @param heartbeat the longest silence in an event stream
 */
@ConfigurationProperties("distribute-image.watch")
record WatchSettings(@DefaultValue("500ms") Duration every, @DefaultValue("15s") Duration heartbeat) {

	WatchSettings {
		if (every.toMillis() < 10 || heartbeat.toMillis() < 10) {
			throw new IllegalArgumentException("distribute-image.watch.* must be at least 10ms");
		}
	}

}
