package dev.distributeimage.api.watch;

import java.util.concurrent.Semaphore;

import org.springframework.stereotype.Component;

/** Limits how many requests wait or stream at once: each holds a connection. */
@Component
class OpenRequests {

	private final Semaphore places;

	OpenRequests(WatchSettings settings) {
		this.places = new Semaphore(settings.openRequests());
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
