package dev.distributeimage.run.view;

import java.time.Instant;
import java.util.List;

import dev.distributeimage.run.ImageStatus;

/**
 * A finished build, as the polls of its run saw it.
 *
 * @param seen the statuses of the image, in order; the last one is final
 */
public record EarlierBuild(List<Seen> seen) {

	/**
	 * A status of an image.
	 *
	 * @param at the time of the first poll that showed it
	 */
	public record Seen(String status, Instant at) {
	}

	/** Whether the image failed. Otherwise, it became available. */
	public boolean hasFailed() {
		return last().status().equals(ImageStatus.FAILED.name());
	}

	/** The time of the poll that showed its end. */
	public Instant endedAt() {
		return last().at();
	}

	private Seen last() {
		return this.seen.get(this.seen.size() - 1);
	}

}
