package dev.distributeimage.policy;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for how much the callers of an owner may ask for, unless their policy says
 * otherwise. All but {@code runsInFlight} count in each replica. Each is at least 1.
 *
 * @param starts the number of new runs per minute
 * @param validations the number of repeated starts and of validations per minute
 * @param runsInFlight the number of runs that have not ended
 * @param openRequests the number of requests that wait or stream at once
 * @param requests the number of requests per second
 * @param burst the number of requests that may come at once, at most those of a minute
 */
@ConfigurationProperties("distribute-image.limits")
public record Limits(@DefaultValue("30") int starts, @DefaultValue("120") int validations,
		@DefaultValue("20") int runsInFlight, @DefaultValue("100") int openRequests, @DefaultValue("50") int requests,
		@DefaultValue("100") int burst) {

	public Limits {
		if (Math.min(Math.min(Math.min(starts, validations), Math.min(runsInFlight, openRequests)),
				Math.min(requests, burst)) < 1) {
			throw new IllegalArgumentException("distribute-image.limits.* must be at least 1");
		}
	}

}
