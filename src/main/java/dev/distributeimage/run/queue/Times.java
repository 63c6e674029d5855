package dev.distributeimage.run.queue;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Times of a run that only measurements need, by the database's clock.
 *
 * @param stepSince when the step began, or the run went on with it
 * @param imageAnsweredAt when a call about the image was last answered; null before the
 * image was requested
 */
public record Times(Instant createdAt, Instant stepSince, @Nullable Instant imageAnsweredAt) {

	/** The times at the first call of another step. */
	Times atNextStep(Instant begun) {
		return new Times(this.createdAt, begun, this.imageAnsweredAt);
	}

}
