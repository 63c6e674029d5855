package dev.distributeimage.run.queue;

import java.time.Instant;

/**
 * Where a Region's runs in flight begin, in the order of their due times.
 *
 * @param region the Region of their calls
 * @param since none of them was due earlier, as far as was seen; at most the present
 * @param due whether the first may be claimed, or is
 */
public record LowWaterMark(String region, Instant since, boolean due) {

	/** The same Region, once the runs due until then are claimed. */
	public LowWaterMark after(Instant claimed) {
		return claimed.isAfter(this.since) ? new LowWaterMark(this.region, claimed, this.due) : this;
	}

}
