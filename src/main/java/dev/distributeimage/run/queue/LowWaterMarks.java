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
 * Low-water marks per Region: the due times from which the next claim scans.
 * <p>
 * A scan from the oldest due time would read the runs on lease again and again, and with
 * them the dead index entries of runs that have moved on: millions while an open
 * transaction holds vacuum back. Each claim therefore starts where the last one ended.
 * {@link #look} finds the runs that were left behind, those of dead workers.
 */
public class LowWaterMarks {

	/**
	 * A write may become visible later than the marks allow for; only a full scan finds
	 * its run.
	 */
	private static final Duration TRUSTED = Duration.ofMinutes(1);

	private static final Logger logger = LoggerFactory.getLogger(LowWaterMarks.class);

	private List<LowWaterMark> seen = List.of();

	private boolean everLooked;

	private long lookedFromTheBeginning;

	private final Map<String, LowWaterMark> next = new HashMap<>();

	/** Reads the marks from the database. */
	public void look(RunQueue queue) {
		this.seen = isFromTheBeginning() ? fromTheBeginning(queue) : queue.lowWaterMarks(this.seen);
		this.next.clear();
		this.seen.forEach((mark) -> this.next.put(mark.region(), mark));
	}

	private boolean isFromTheBeginning() {
		return !this.everLooked || System.nanoTime() - this.lookedFromTheBeginning >= TRUSTED.toNanos();
	}

	// Without vacuum, a full scan may exceed the statement timeout.
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
			logger.warn("The full scan for due runs timed out; continuing from the last low-water marks");
			return queue.lowWaterMarks(this.seen);
		}
	}

	/** Whether a run was due when the marks were read. */
	public boolean areDue() {
		return this.seen.stream().anyMatch(LowWaterMark::due);
	}

	/** Returns the marks of all other Regions. */
	public List<LowWaterMark> without(Set<String> regions) {
		List<LowWaterMark> others = new ArrayList<>(this.next.values());
		others.removeIf((mark) -> regions.contains(mark.region()));
		return others;
	}

	/** Returns the mark of this Region alone. */
	public List<LowWaterMark> of(String region) {
		LowWaterMark mark = this.next.get(region);
		return (mark != null) ? List.of(mark) : List.of();
	}

	/** Raises the marks past the claimed runs, which were due for the longest. */
	public List<Claim> raised(List<Claim> claims) {
		for (Claim claim : claims) {
			this.next.computeIfPresent(claim.run().place().region(),
					(region, mark) -> mark.after(claim.lease().dueAt()));
		}
		return claims;
	}

}
