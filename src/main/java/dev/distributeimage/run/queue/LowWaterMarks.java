package dev.distributeimage.run.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.distributeimage.run.postgres.DatabaseFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Per-Region low-water marks: the due time from which the next claim scans.
 * <p>
 * A claim that began with the oldest due time would scan again and again the runs that
 * workers have on lease, and the dead index entries of runs that have moved on: millions,
 * while somebody's open transaction keeps the vacuum from removing them. So a claim
 * begins where the last one ended, until a look shows what was left behind: the runs of
 * workers that have died.
 */
public class LowWaterMarks {

	/** A write may have been very late, so that a look must begin at the beginning. */
	private static final Duration TRUSTED = Duration.ofMinutes(1);

	private static final Logger logger = LoggerFactory.getLogger(LowWaterMarks.class);

	private List<LowWaterMark> seen = List.of();

	private boolean everLooked;

	private long lookedFromTheBeginning;

	private final Map<String, LowWaterMark> next = new HashMap<>();

	/** Looks since when runs in flight have been due. */
	public void look(RunQueue queue) {
		this.seen = isFromTheBeginning() ? fromTheBeginning(queue) : queue.lowWaterMarks(this.seen);
		this.next.clear();
		this.seen.forEach((mark) -> this.next.put(mark.region(), mark));
	}

	private boolean isFromTheBeginning() {
		return !this.everLooked || System.nanoTime() - this.lookedFromTheBeginning >= TRUSTED.toNanos();
	}

	// Where no vacuum cleans up, it may take longer than a statement has.
	private List<LowWaterMark> fromTheBeginning(RunQueue queue) {
		this.everLooked = true;
		this.lookedFromTheBeginning = System.nanoTime();
		try {
			return queue.lowWaterMarks();
		}
		catch (RuntimeException ex) {
			if (!DatabaseFailures.isStatementTimeout(ex)) {
				this.everLooked = false;
				throw ex;
			}
			logger.warn(
					"The look for due runs from the beginning took too long; it goes on from the last low-water marks");
			return queue.lowWaterMarks(this.seen);
		}
	}

	/** Whether the look has shown a run that is due. */
	public boolean areDue() {
		return this.seen.stream().anyMatch(LowWaterMark::due);
	}

	/** The marks of all other Regions. */
	public List<LowWaterMark> without(Set<String> regions) {
		List<LowWaterMark> others = new ArrayList<>(this.next.values());
		others.removeIf((mark) -> regions.contains(mark.region()));
		return others;
	}

	/** The mark of that Region alone. */
	public List<LowWaterMark> of(String region) {
		LowWaterMark mark = this.next.get(region);
		return (mark != null) ? List.of(mark) : List.of();
	}

	/** Raises the marks: the runs that were due for the longest have been claimed. */
	public List<Claim> raised(List<Claim> claims) {
		for (Claim claim : claims) {
			this.next.computeIfPresent(claim.run().place().region(),
					(region, mark) -> mark.after(claim.lease().dueAt()));
		}
		return claims;
	}

}
