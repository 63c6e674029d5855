package dev.distributeimage.api.limit;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.policy.Limits;
import dev.distributeimage.policy.Policies;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Finds the limits of callers, and tells them by the fields of {@code
 * draft-ietf-httpapi-ratelimit-headers}. Callers of one owner share them if they have the
 * same policy. There are none in open mode.
 */
@Component
public class CallerLimits {

	private static final int MOST_OWNERS = 10_000;

	private static final String POLICY = "RateLimit-Policy";

	private static final String STATE = "RateLimit";

	private static final String RUNS_IN_FLIGHT = "runs-in-flight";

	private static final String OPEN_REQUESTS = "open-requests";

	/** Nobody can say when a run ends, or a request. */
	private static final int SECONDS_TO_NEXT_TRY = 5;

	// The buckets of an owner that is forgotten are full by then.
	private final Cache<Key, OwnerQuotas> owners = Caffeine.newBuilder()
		.maximumSize(MOST_OWNERS)
		.expireAfterAccess(OwnerQuotas.LONGEST_WINDOW.multipliedBy(2))
		.build();

	private final Policies policies;

	private final MeterRegistry metrics;

	private final TimeMeter clock;

	@Autowired
	CallerLimits(Policies policies, MeterRegistry metrics) {
		this(policies, metrics, TimeMeter.SYSTEM_NANOTIME);
	}

	CallerLimits(Policies policies, MeterRegistry metrics, TimeMeter clock) {
		this.policies = policies;
		this.metrics = metrics;
		this.clock = clock;
		// A counter that begins with its first count shows no increase.
		List.of("requests", "starts", "validations", RUNS_IN_FLIGHT, OPEN_REQUESTS).forEach(this::exceeded);
	}

	/** The limits of the caller's owner; empty in open mode. */
	public Optional<OwnerQuotas> of(Caller caller) {
		return (caller.owner() != null) ? Optional.of(this.owners.get(new Key(caller.owner(), caller.policy()),
				(key) -> OwnerQuotas.of(limits(caller), this.clock))) : Optional.empty();
	}

	private Limits limits(Caller caller) {
		return this.policies.limits(caller.policy());
	}

	/**
	 * Takes one of a quota for a request.
	 * @throws ProblemException if none is left
	 */
	public void take(Quota quota, HttpServletResponse response) {
		if (!quota.tryTake()) {
			show(response, quota);
			throw exceeded(quota);
		}
	}

	/** The problem of a request for which nothing is left of a quota. */
	public ProblemException exceeded(Quota quota) {
		return exceeded(quota.name(),
				"The caller's owner has used up its quota of %s. There will be more.".formatted(quota),
				quota.secondsToNext());
	}

	/** The problem of a request for a run whose owner has too many in flight. */
	public ProblemException runsInFlightExceeded() {
		return exceeded(RUNS_IN_FLIGHT, "The run's owner has as many runs in flight as it may have.",
				SECONDS_TO_NEXT_TRY);
	}

	/** The problem of a request that may not be open for long. */
	public ProblemException openRequestsExceeded() {
		return exceeded(OPEN_REQUESTS, "The caller's owner has as many requests that wait or stream as it may have.",
				SECONDS_TO_NEXT_TRY);
	}

	private Counter exceeded(String policy) {
		return Counter.builder("distribute.image.limits.exceeded")
			.description("Requests answered 429, because their owner is beyond a limit")
			.tag("limit", policy)
			.register(this.metrics);
	}

	private ProblemException exceeded(String policy, String detail, long seconds) {
		exceeded(policy).increment();
		return ProblemException.quotaExceeded(policy, detail, seconds);
	}

	/** Tells a caller what is left of quotas. */
	public static void show(HttpServletResponse response, Quota... quotas) {
		response.setHeader(POLICY, Stream.of(quotas).map(Quota::policy).collect(Collectors.joining(", ")));
		response.setHeader(STATE, Stream.of(quotas).map(Quota::state).collect(Collectors.joining(", ")));
	}

	/** Tells a caller what is left of starts, and that no more runs may be in flight. */
	public static void showRunsInFlightExceeded(HttpServletResponse response, OwnerQuotas owner) {
		response.setHeader(POLICY, owner.starts().policy() + ", \"runs-in-flight\";q=" + owner.limits().runsInFlight());
		response.setHeader(STATE, owner.starts().state() + ", \"runs-in-flight\";r=0");
	}

	private record Key(String owner, @Nullable String policy) {
	}

}
