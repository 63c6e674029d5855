package dev.distributeimage.api.watch;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

import dev.distributeimage.api.limit.CallerLimits;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.wire.RefusedRequests;
import dev.distributeimage.caller.Caller;

import org.springframework.stereotype.Component;

/**
 * Limits how many requests wait or stream at once, in all and for each owner, since each
 * holds a connection, and how long.
 */
@Component
class OpenRequests {

	private final Semaphore slots;

	/** The number of open requests of owners that have any. */
	private final Map<String, Integer> byOwner = new ConcurrentHashMap<>();

	private final CallerLimits limits;

	private final RefusedRequests refused;

	private final Clock clock;

	OpenRequests(WatchSettings settings, CallerLimits limits, RefusedRequests refused, Clock clock) {
		this.slots = new Semaphore(settings.openRequests());
		this.limits = limits;
		this.refused = refused;
		this.clock = clock;
	}

	/**
	 * How long a request of the caller may be open: until the token expires. Empty for
	 * one without a token.
	 */
	Optional<Duration> timeLeft(Caller caller) {
		return caller.timeLeft(this.clock);
	}

	/**
	 * Takes a slot.
	 * @throws ProblemException if there is none, or none for the caller's owner
	 */
	void begin(Caller caller) {
		if (!tryBegin(caller)) {
			throw this.limits.openRequestsExceeded();
		}
		if (!this.slots.tryAcquire()) {
			endOf(caller);
			throw this.refused
				.overloaded("Too many requests wait or stream already. Try again, or get the run without waiting.");
		}
	}

	private boolean tryBegin(Caller caller) {
		String owner = caller.owner();
		if (owner == null) {
			return true;
		}
		int most = this.limits.of(caller).orElseThrow().limits().openRequests();
		boolean[] begun = { true };
		this.byOwner.merge(owner, 1, (open, one) -> {
			begun[0] = open < most;
			return begun[0] ? open + one : open;
		});
		return begun[0];
	}

	/** Gives a slot back. */
	void end(Caller caller) {
		this.slots.release();
		endOf(caller);
	}

	private void endOf(Caller caller) {
		if (caller.owner() != null) {
			this.byOwner.computeIfPresent(caller.owner(), (owner, open) -> (open > 1) ? open - 1 : null);
		}
	}

}
