package dev.distributeimage.api.watch;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;

import dev.distributeimage.caller.Caller;

import org.springframework.stereotype.Component;

/**
 * Limits how many requests wait or stream at once, since each holds a connection, and how
 * long.
 */
@Component
class OpenRequests {

	private final Semaphore places;

	private final Clock clock;

	OpenRequests(WatchSettings settings, Clock clock) {
		this.places = new Semaphore(settings.openRequests());
		this.clock = clock;
	}

	/**
	 * How long a request of the caller may be open: until the token expires. Empty for
	 * one without a token.
	 */
	Optional<Duration> timeLeft(Caller caller) {
		return caller.timeLeft(this.clock);
	}

	/** Takes a place, if there is one. */
	boolean tryBegin() {
		return this.places.tryAcquire();
	}

	/** Gives a place back. */
	void end() {
		this.places.release();
	}

}
