package dev.distributeimage.run.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.distributeimage.run.Run;

/**
 * Where the next claim begins in each Region.
 * <p>
 * A claim that began with the oldest due time would go again and again over the runs that
 * workers have in hand, and over what PostgreSQL's index still holds of those that have
 * moved on: millions of entries, when somebody's transaction keeps the vacuum from them.
 * So a claim begins where the one before ended, until a look shows what was left behind:
 * the runs of workers that have died.
 */
public class LowWaterMarks {

	/** After that time a look goes back again: a write may have been very late. */
	private static final Duration BELIEVED = Duration.ofMinutes(1);

	/**
	 * After a look that took so long none goes further back, where the next might take
	 * four times as long, which is as long as an answer is waited for.
	 */
	private static final Duration LONG = Duration.ofMillis(500);

	private List<LowWaterMark> seen = List.of();

	private long lookedBack;

	private final Map<String, LowWaterMark> next = new HashMap<>();

	/** Looks where the runs in flight begin. */
	public void look(RunQueue queue) {
		if (this.seen.isEmpty() || System.nanoTime() - this.lookedBack >= BELIEVED.toNanos()) {
			lookBack(queue);
		}
		else {
			this.seen = queue.fronts(this.seen);
		}
		this.next.clear();
		this.seen.forEach((front) -> this.next.put(front.region(), front));
	}

	// Further and further, as far as is quick: one look from the beginning would take
	// longer than it may, where no vacuum clears up, and the engine would stand still.
	private void lookBack(RunQueue queue) {
		Duration back = BELIEVED;
		long begun;
		do {
			begun = System.nanoTime();
			this.lookedBack = begun;
			this.seen = queue.fronts(this.seen, back);
			back = back.multipliedBy(4);
		}
		while (!this.seen.isEmpty() && back.compareTo(RunQueue.ALWAYS) < 0
				&& System.nanoTime() - begun < LONG.toNanos());
	}

	/** Whether the look has shown a run that is due. */
	public boolean areDue() {
		return this.seen.stream().anyMatch(LowWaterMark::due);
	}

	/** All but those. */
	public List<LowWaterMark> without(Set<String> regions) {
		List<LowWaterMark> others = new ArrayList<>(this.next.values());
		others.removeIf((front) -> regions.contains(front.region()));
		return others;
	}

	/** Only that one. */
	public List<LowWaterMark> of(String region) {
		LowWaterMark front = this.next.get(region);
		return (front != null) ? List.of(front) : List.of();
	}

	/** Those that were due for the longest have been claimed. */
	public List<Claim> passed(List<Claim> claims) {
		for (Claim claim : claims) {
			Run run = claim.run();
			this.next.computeIfPresent(run.region(), (region, front) -> front.after(run.dueAt()));
		}
		return claims;
	}

}
