package dev.distributeimage.api.limit;

import java.time.Duration;

import dev.distributeimage.policy.Limits;
import io.github.bucket4j.TimeMeter;

/**
 * Quotas that the callers of one owner have left in this replica.
 *
 * @param limits the limits
 * @param requests for requests of all kinds
 * @param starts for new runs
 * @param validations for repeated starts, and for validations
 */
public record OwnerQuotas(Limits limits, Quota requests, Quota starts, Quota validations) {

	/** The longest time in which a bucket is filled. */
	static final Duration LONGEST_WINDOW = Duration.ofMinutes(1);

	static OwnerQuotas of(Limits limits, TimeMeter clock) {
		return new OwnerQuotas(limits, requests(limits, clock),
				new Quota("starts", limits.starts(), LONGEST_WINDOW, clock),
				new Quota("validations", limits.validations(), LONGEST_WINDOW, clock));
	}

	private static Quota requests(Limits limits, TimeMeter clock) {
		long perSecond = limits.requests();
		long burst = Math.max(perSecond, Math.min(limits.burst(), perSecond * LONGEST_WINDOW.toSeconds()));
		return new Quota("requests", burst, Duration.ofSeconds(burst).dividedBy(perSecond), clock);
	}

}
