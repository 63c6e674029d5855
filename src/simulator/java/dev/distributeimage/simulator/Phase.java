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
	 * @param gone whether GetImage answers as if the image had never existed
	 * @param amis the distribution's Regions whose AMIs are listed
	 * @param failure the reason and the copies that failed
	 */
	record Showing(@Nullable String status, boolean gone, MadeAmis amis, Failure failure) {

		static final Showing GONE = new Showing(null, true, MadeAmis.NONE, Failure.NONE);

		static Showing of(@Nullable String status) {
			return of(status, MadeAmis.NONE);
		}

		static Showing of(@Nullable String status, MadeAmis amis) {
			return new Showing(status, false, amis, Failure.NONE);
		}

		Showing failing(Failure other) {
			return new Showing(this.status, this.gone, this.amis, other);
		}

		@Nullable String reason() {
			return this.failure.reason();
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
