package dev.distributeimage.imagebuilder;

import java.util.UUID;

import dev.distributeimage.aws.Place;
import org.jspecify.annotations.Nullable;

/**
 * The session of a role that a call is made with: a run's own, or the one that all polls
 * of an account and Region share. A run's own makes CloudTrail tell which run did what.
 *
 * @param run the run, or null if it is shared
 * @param removes whether it is for the removal of what the run has left, and for nothing
 * else
 */
record Session(Place place, @Nullable UUID run, boolean removes) {

	Session(Place place, @Nullable UUID run) {
		this(place, run, false);
	}

	/** The session for what changes something: creates, cancels and retries. */
	static Session of(UUID run, Place place) {
		return new Session(place, run);
	}

	/** The session for the removal of what a run has left. */
	static Session ofRemoval(UUID run, Place place) {
		return new Session(place, run, true);
	}

	/** The session for what only reads. */
	static Session ofPolls(Place place) {
		return new Session(place, null);
	}

	/** The session's name in AWS. */
	String name() {
		return (this.run != null) ? "run-" + this.run : "polls";
	}

}
