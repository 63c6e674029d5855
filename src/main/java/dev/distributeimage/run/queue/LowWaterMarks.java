package dev.distributeimage.run.queue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import dev.distributeimage.run.postgres.DatabaseFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Low-water marks per Region: the due times from which the next claim scans.
 * <p>
 * A scan from the oldest due time would read the runs on lease again and again, and with
 * them the dead index entries of runs that have moved on: millions while an open
 * transaction holds vacuum back. Each claim therefore starts where the last one ended.
 * {@link #refresh} finds the runs left behind: those of dead workers and those handed
 * back.
 */
public class LowWaterMarks {

	/**
	 * A write may become visible later than the marks allow for; only a full scan finds
	 * its run.
	 */
	private static final Duration FULL_SCAN_EVERY = Duration.ofMinutes(1);

	/** Limits how long new runs wait. */
	private static final int MOST_FORGOTTEN = 1_000;

	private static final Logger logger = LoggerFactory.getLogger(LowWaterMarks.class);

	private List<LowWaterMark> lastRead = List.of();

	private final LongSupplier nanoTime;

	private long fullScanDueAt;

	private final Map<String, LowWaterMark> current = new HashMap<>();

	/**
	 * Creates marks, none of which has been read.
	 * @param nanoTime the time in ns, such as {@link System#nanoTime()}
	 */
	public LowWaterMarks(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.fullScanDueAt = nanoTime.getAsLong();
	}

	/** Reads the marks from the database. */
	public void refresh(RunQueue queue) {
		this.lastRead = isFullScanDue() ? fullScan(queue) : queue.lowWaterMarks(this.lastRead);
		this.current.clear();
		this.lastRead.forEach((mark) -> this.current.put(mark.region(), mark));
	}

	private boolean isFullScanDue() {
		return this.nanoTime.getAsLong() - this.fullScanDueAt >= 0;
	}

	// Without vacuum, a full scan may exceed the statement timeout.
	private List<LowWaterMark> fullScan(RunQueue queue) {
		long begun = this.nanoTime.getAsLong();
		this.fullScanDueAt = begun + FULL_SCAN_EVERY.toNanos();
		try {
			List<LowWaterMark> marks = queue.lowWaterMarks();
			queue.forget(marks.stream().filter((mark) -> !mark.inFlight()).limit(MOST_FORGOTTEN).toList());
			return marks;
		}
		catch (RuntimeException ex) {
			if (!DatabaseFailures.isStatementTimeout(ex)) {
				this.fullScanDueAt = begun;
				throw ex;
			}
			logger.warn("The full scan for due runs timed out; continuing from the last low-water marks");
			return queue.lowWaterMarks(this.lastRead);
		}
	}

	/** Whether a run was due when the marks were read. */
	public boolean anyDue() {
		return this.lastRead.stream().anyMatch(LowWaterMark::due);
	}

	/**
	 * For how long the run had been due that was due for the longest, on lease or not,
	 * when the marks were read.
	 */
	public Duration dueAge() {
		return this.lastRead.stream().map(LowWaterMark::dueFor).max(Duration::compareTo).orElse(Duration.ZERO);
	}

	/**
	 * Whether a run was in flight when the marks were read, as far as the scan reached.
	 */
	public boolean anyInFlight() {
		return this.lastRead.stream().anyMatch(LowWaterMark::inFlight);
	}

	/** Returns the marks of these Regions. */
	public List<LowWaterMark> of(Predicate<String> regions) {
		return this.current.values().stream().filter((mark) -> regions.test(mark.region())).toList();
	}

	/** Returns the marks of these Regions, as far as a run was due in them. */
	public List<LowWaterMark> due(Predicate<String> regions) {
		return of(regions).stream().filter(LowWaterMark::due).toList();
	}

	/** Notes that a claim found no due run in the Region. */
	public void nothingDue(String region) {
		this.current.computeIfPresent(region, (name, mark) -> mark.withoutDueRun());
	}

	/**
	 * The Regions with runs in flight, and some whose last run ended since the last full
	 * scan.
	 */
	public Set<String> regions() {
		return Set.copyOf(this.current.keySet());
	}

	/** Raises the marks past the claimed runs, which were due for the longest. */
	public List<Claim> raise(List<Claim> claims) {
		for (Claim claim : claims) {
			this.current.computeIfPresent(claim.run().place().region(),
					(region, mark) -> mark.after(claim.lease().dueAt()));
		}
		return claims;
	}

}
