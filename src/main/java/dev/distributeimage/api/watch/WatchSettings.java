package dev.distributeimage.api.watch;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of what waits for changes.
 *
 * @param every the time between two looks at the runs that somebody waits for
 * @param heartbeat the longest time that nothing is sent in a stream of events
 */
@ConfigurationProperties("distribute-image.watch")
record WatchSettings(@DefaultValue("500ms") Duration every, @DefaultValue("15s") Duration heartbeat) {

	WatchSettings {
		if (every.toMillis() < 10 || heartbeat.toMillis() < 10) {
			throw new IllegalArgumentException("distribute-image.watch.* must be at least 10ms");
		}
	}

}
