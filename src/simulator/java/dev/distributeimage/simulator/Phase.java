package dev.distributeimage.simulator;

import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** The state that an image shows from one moment until the next phase. */
public record Phase(Instant from, Showing showing) {

	private static final Set<String> ENDS = Set.of("AVAILABLE", "FAILED", "CANCELLED", "DEPRECATED", "DISABLED",
			"DELETED");

	/**
	 * The visible state of an image.
	 *
	 * @param status AWS's status; null for an answer without a state
	 * @param reason AWS's reason; null if there is none
	 * @param gone whether GetImage answers as if the image had never existed
	 * @param amis the distribution's Regions whose AMIs are listed
	 */
	record Showing(@Nullable String status, @Nullable String reason, boolean gone, MadeAmis amis) {

		static Showing of(@Nullable String status) {
			return new Showing(status, null, false, MadeAmis.NONE);
		}

		boolean ended() {
			return this.gone || (this.status != null && ENDS.contains(this.status));
		}

		boolean is(String other) {
			return other.equals(this.status) && !this.gone;
		}

	}

	boolean is(String status) {
		return this.showing.is(status);
	}

}
