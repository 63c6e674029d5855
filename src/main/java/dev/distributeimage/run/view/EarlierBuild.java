package dev.distributeimage.run.view;

import java.time.Instant;
import java.util.List;
import dev.distributeimage.run.ImageStatus;

/**
 * A build that has ended, as its run saw it.
 *
 * @param seen the statuses that the image showed, in order; the last one is its end
 */
public record EarlierBuild(List<Seen> seen) {

	/**
	 * A status that an image showed.
	 *
	 * @param at when a poll showed it for the first time
	 */
	public record Seen(String status, Instant at) {
	}

	/** Whether the image failed; otherwise it became available. */
	public boolean hasFailed() {
		return last().status().equals(ImageStatus.FAILED.name());
	}

	/** When its end was seen. */
	public Instant endedAt() {
		return last().at();
	}

	private Seen last() {
		return this.seen.get(this.seen.size() - 1);
	}

}
