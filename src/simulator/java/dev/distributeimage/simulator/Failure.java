package dev.distributeimage.simulator;

import org.jspecify.annotations.Nullable;

/**
 * A failed image's words about its failure.
 *
 * @param reason AWS's reason; null if there is none
 * @param copies the copies that failed
 * @param explained whether there is a failureContext, which AWS added in September 2026
 */
record Failure(@Nullable String reason, FailedCopies copies, boolean explained) {

	static final Failure NONE = of(null);

	static Failure of(@Nullable String reason) {
		return new Failure(reason, FailedCopies.NONE, true);
	}

	Failure with(FailedCopies other) {
		return new Failure(this.reason, other, this.explained);
	}

	Failure unexplained() {
		return new Failure(this.reason, this.copies, false);
	}

}
