package dev.distributeimage.run.queue;

import java.time.Instant;

/**
 * Since when a Region's runs in flight have been due.
 *
 * @param region the Region of their calls
 * @param since no run was due earlier, as far as was seen; at most the present
 * @param due whether the first run may be claimed, or is claimed
 */
public record LowWaterMark(String region, Instant since, boolean due) {

	/** The same Region, once the runs due until then are claimed. */
	LowWaterMark after(Instant claimed) {
		return claimed.isAfter(this.since) ? new LowWaterMark(this.region, claimed, this.due) : this;
	}

}
