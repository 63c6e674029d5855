package dev.distributeimage.api.watch;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for callers that wait for changes.
 *
 * @param every the interval between two polls of the runs that callers wait for, at least
 * 10 ms
 * @param heartbeat the longest silence in an event stream, at least 10 ms
 * @param openRequests the maximum number of requests that wait or stream at once, at
 * least 1
 */
@ConfigurationProperties("distribute-image.watch")
record WatchSettings(@DefaultValue("500ms") Duration every, @DefaultValue("15s") Duration heartbeat,
		@DefaultValue("1000") int openRequests) {

	WatchSettings {
		if (openRequests < 1) {
			throw new IllegalArgumentException("distribute-image.watch.open-requests must be at least 1");
		}
		if (every.toMillis() < 10 || heartbeat.toMillis() < 10) {
			throw new IllegalArgumentException("distribute-image.watch.* must be at least 10ms");
		}
	}

}
