package dev.distributeimage.simulator;

import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** What an image shows from one moment on, until the next phase begins. */
public record Phase(Instant from, Showing showing) {

	private static final Set<String> ENDS = Set.of("AVAILABLE", "FAILED", "CANCELLED", "DEPRECATED", "DISABLED",
			"DELETED");

	/**
	 * What is seen of an image.
	 *
	 * @param status AWS's word; null for an answer without a state
	 * @param reason AWS's reason, if any
	 * @param gone whether GetImage answers as if there had never been an image
	 * @param amis in which of the distribution's Regions AMIs are listed
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
