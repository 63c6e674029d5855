package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.workflow.pace.CallBudget;
import org.jspecify.annotations.Nullable;

/**
 * Claims that wait for a worker, with a bulkhead per Region: a Region never holds more
 * than its share of the workers. A Region is unresponsive when as many calls in a row
 * have timed out as it may have workers; it then holds one worker until it answers, so it
 * does not hold up the others. Regions take turns; within one, cancels go first and polls
 * go last. No claim begins without a call in the budget of its account and Region.
 */
class ClaimQueue {

	private final int concurrency;

	private final int regionConcurrency;

	private final CallBudget budget;

	/** In round-robin order: a Region goes to the end when one of its claims begins. */
	private final Map<String, RegionLoad> regions = new LinkedHashMap<>();

	private int running;

	private int waiting;

	ClaimQueue(int concurrency, int regionConcurrency, CallBudget budget) {
		this.concurrency = concurrency;
		this.regionConcurrency = regionConcurrency;
		this.budget = budget;
	}

	/**
	 * Adds a claim behind the others of its Region and kind; a cancel goes before them.
	 */
	synchronized void add(Claim claim) {
		RegionLoad region = region(claim);
		if (claim.run().cancel().isDue()) {
			region.beforePolls.addFirst(claim);
		}
		else {
			region.queueOf(claim).addLast(claim);
		}
		this.waiting++;
	}

	/** Adds the claim of a run in progress before the others of its Region and kind. */
	synchronized void addFirst(Claim claim) {
		RegionLoad region = region(claim);
		region.queueOf(claim).addFirst(claim);
		this.waiting++;
	}

	/** Removes and returns the next claim, or null while no worker may begin one. */
	synchronized @Nullable Claim poll() {
		if (this.running >= this.concurrency) {
			return null;
		}
		for (Map.Entry<String, RegionLoad> entry : this.regions.entrySet()) {
			Claim claim = isAtLimit(entry.getValue()) ? null : nextOf(entry.getValue());
			if (claim != null) {
				RegionLoad region = this.regions.remove(entry.getKey());
				this.regions.put(entry.getKey(), Objects.requireNonNull(region));
				region.running++;
				this.running++;
				this.waiting--;
				return claim;
			}
		}
		return null;
	}

	/**
	 * Frees a worker.
	 * @return whether it could begin another run of the Region, if one were waiting
	 */
	synchronized boolean finished(String name, CallOutcome outcome) {
		RegionLoad region = this.regions.computeIfAbsent(name, (unknown) -> new RegionLoad());
		region.running--;
		this.running--;
		region.timeoutsInARow = switch (outcome) {
			case ANSWERED -> 0;
			case TIMED_OUT -> region.timeoutsInARow + 1;
			case NOT_CALLED -> region.timeoutsInARow;
		};
		if (region.isIdle()) {
			this.regions.remove(name);
		}
		return region.isEmpty() && !isAtLimit(region);
	}

	/** Regions that may not begin another run now, and those that do not answer. */
	synchronized Set<String> unavailableRegions() {
		return regions((region) -> isAtLimit(region) || isUnresponsive(region));
	}

	/** Regions that do not answer and may be tried with another run now. */
	synchronized Set<String> regionsToProbe() {
		return regions((region) -> isUnresponsive(region) && !isAtLimit(region) && region.isEmpty());
	}

	private Set<String> regions(Predicate<RegionLoad> condition) {
		return this.regions.entrySet()
			.stream()
			.filter((entry) -> condition.test(entry.getValue()))
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
	}

	synchronized int waiting() {
		return this.waiting;
	}

	synchronized int waitingBeforePolls() {
		return this.regions.values().stream().mapToInt((region) -> region.beforePolls.size()).sum();
	}

	/**
	 * Removes the waiting claims that are older than this, or whose Region does not
	 * answer.
	 */
	synchronized List<Claim> removeOlderThan(Duration age) {
		List<Claim> removed = new ArrayList<>();
		for (RegionLoad region : this.regions.values()) {
			Predicate<Claim> expired = (claim) -> isUnresponsive(region) || claim.isOlderThan(age);
			region.beforePolls.removeIf((claim) -> expired.test(claim) && removed.add(claim));
			region.polls.removeIf((claim) -> expired.test(claim) && removed.add(claim));
		}
		this.waiting -= removed.size();
		return removed;
	}

	private @Nullable Claim nextOf(RegionLoad region) {
		Claim first = nextOf(region.beforePolls);
		return (first != null) ? first : nextOf(region.polls);
	}

	private @Nullable Claim nextOf(Deque<Claim> claims) {
		for (Iterator<Claim> each = claims.iterator(); each.hasNext();) {
			Claim claim = each.next();
			if (this.budget.tryAcquire(claim.run().place())) {
				each.remove();
				return claim;
			}
		}
		return null;
	}

	private RegionLoad region(Claim claim) {
		return this.regions.computeIfAbsent(claim.run().place().region(), (unknown) -> new RegionLoad());
	}

	private boolean isAtLimit(RegionLoad region) {
		return region.running >= (isUnresponsive(region) ? 1 : this.regionConcurrency);
	}

	private boolean isUnresponsive(RegionLoad region) {
		return region.timeoutsInARow >= this.regionConcurrency;
	}

	/** The workers and waiting claims of a Region. */
	private static final class RegionLoad {

		/** Claims of runs whose next call is more than a poll. */
		private final Deque<Claim> beforePolls = new ArrayDeque<>();

		private final Deque<Claim> polls = new ArrayDeque<>();

		private int running;

		private int timeoutsInARow;

		private Deque<Claim> queueOf(Claim claim) {
			return claim.run().values().isOnlyToBePolled() ? this.polls : this.beforePolls;
		}

		private boolean isIdle() {
			return this.running == 0 && this.timeoutsInARow == 0 && isEmpty();
		}

		private boolean isEmpty() {
			return this.beforePolls.isEmpty() && this.polls.isEmpty();
		}

	}

}
