package dev.distributeimage.run.queue;

import java.time.Duration;
import java.time.Instant;

/**
 * The low-water mark of a Region: no run of the Region that is in flight is due earlier.
 *
 * @param region the Region of the runs' calls
 * @param since the earliest due time that was seen, at most the present
 * @param due whether a run is due, claimed or not
 * @param dueFor for how long that run has been due; zero if none is
 * @param inFlight whether a run is in flight, as far as the scan reached
 * @param failing whether the last call of the run that is due the longest has failed
 */
public record LowWaterMark(String region, Instant since, boolean due, Duration dueFor, boolean inFlight,
		boolean failing) {

	/** Returns the mark of the Region after the runs due until then were claimed. */
	LowWaterMark after(Instant claimed) {
		return claimed.isAfter(this.since)
				? new LowWaterMark(this.region, claimed, this.due, this.dueFor, this.inFlight, this.failing) : this;
	}

	LowWaterMark withoutDueRun() {
		return new LowWaterMark(this.region, this.since, false, Duration.ZERO, this.inFlight, this.failing);
	}

}
