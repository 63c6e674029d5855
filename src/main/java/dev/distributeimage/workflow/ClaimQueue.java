package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.LowWaterMark;
import dev.distributeimage.workflow.RegionLoad.Health;
import dev.distributeimage.workflow.pace.CallBudget;
import org.jspecify.annotations.Nullable;

/**
 * Claims that wait for a worker, with two bulkheads. A Region that answers holds no more
 * than its share of the workers. Any other holds one worker, and all others together half
 * of them, however many they are: those that hang, and those that nobody knows yet. These
 * begin one after the other, so that their timeouts do not end all at once. Regions take
 * turns; within one, cancels go first and polls go last. No claim begins without a call
 * in the budget of its account and Region.
 */
class ClaimQueue {

	private final Workers workers;

	private final CallBudget budget;

	private final LongSupplier nanoTime;

	/** In round-robin order: a Region goes to the end when one of its claims begins. */
	private final Map<String, RegionLoad> regions = new LinkedHashMap<>();

	private int running;

	ClaimQueue(Workers workers, CallBudget budget, LongSupplier nanoTime) {
		this.workers = workers;
		this.budget = budget;
		this.nanoTime = nanoTime;
	}

	/** The clock by which it measures time. */
	LongSupplier nanoTime() {
		return this.nanoTime;
	}

	/** Whether calls are limited, so that polls must wait for all others. */
	boolean hasBudget() {
		return this.budget.isLimited();
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
	}

	/** Adds the claim of a run in progress before the others of its Region and kind. */
	synchronized void addFirst(Claim claim) {
		RegionLoad region = region(claim);
		region.queueOf(claim).addFirst(claim);
	}

	/** Removes and returns the next claim, or null while no worker may begin one. */
	synchronized @Nullable Claim poll() {
		if (this.running >= this.workers.concurrency()) {
			return null;
		}
		long now = this.nanoTime.getAsLong();
		Held held = held(now);
		for (Map.Entry<String, RegionLoad> entry : this.regions.entrySet()) {
			Claim claim = mayBegin(entry.getValue(), held, now) ? nextOf(entry.getValue()) : null;
			if (claim != null) {
				RegionLoad region = this.regions.remove(entry.getKey());
				this.regions.put(entry.getKey(), Objects.requireNonNull(region));
				region.begun(now);
				this.running++;
				return claim;
			}
		}
		return null;
	}

	/**
	 * Frees a worker.
	 * @return whether it could begin another run, if one were waiting
	 */
	synchronized boolean finished(String name, CallOutcome outcome) {
		RegionLoad region = this.regions.computeIfAbsent(name, (unknown) -> new RegionLoad(this.workers));
		region.finished(outcome, this.nanoTime.getAsLong());
		this.running--;
		return region.waiting() == 0 && region.running() < this.workers.regionConcurrency();
	}

	/** Whether runs of the Region may be claimed ahead of the workers. */
	synchronized boolean takesMore(String name) {
		RegionLoad region = this.regions.get(name);
		return region != null && isAnswering(region) && region.running() < this.workers.regionConcurrency();
	}

	/** Regions that answered when they were last called, of which one run may begin. */
	synchronized List<LowWaterMark> toAskAgain(List<LowWaterMark> due) {
		long now = this.nanoTime.getAsLong();
		int room = this.workers.withoutAnswer() - held(now).withoutAnswer() - waitingWithoutAnswer(now);
		return due.stream()
			.filter((mark) -> isIdle(mark, Health.QUIET, now))
			.sorted(Comparator.comparing(LowWaterMark::since))
			.limit(Math.max(0, Math.min(room, this.workers.concurrency() - this.running)))
			.toList();
	}

	/**
	 * Regions that hang or may hang, in the order in which they are to be tried: first
	 * those never tried, the newest of them before the others; then those whose last try
	 * is the longest ago. Empty while none may begin.
	 */
	synchronized List<LowWaterMark> toTry(List<LowWaterMark> due) {
		long now = this.nanoTime.getAsLong();
		if (this.running >= this.workers.concurrency() || !held(now).leavesRoomToTry(this.workers, now)) {
			return List.of();
		}
		return due.stream()
			.filter((mark) -> isIdle(mark, Health.UNPROVEN, now))
			.sorted(Comparator.comparing(this::isTried)
				.thenComparingLong((mark) -> isTried(mark) ? begunAt(mark) - now : 0)
				.thenComparing(LowWaterMark::failing)
				.thenComparing(LowWaterMark::since, Comparator.reverseOrder()))
			.toList();
	}

	/** How long until a Region that may hang may be tried, if nothing is answered. */
	synchronized Duration untilNextTry() {
		long now = this.nanoTime.getAsLong();
		return Duration.ofNanos(Math.max(0, held(now).nextTryAt(this.workers) - now));
	}

	/** The number of workers that carry out a step. */
	synchronized int running() {
		return this.running;
	}

	synchronized int waiting() {
		return waiting(RegionLoad::waiting);
	}

	synchronized int waitingBeforePolls() {
		return waiting((region) -> region.beforePolls.size());
	}

	// Claims that wait for a Region that hangs must not keep others from being claimed.
	private int waiting(ToIntFunction<RegionLoad> claims) {
		return this.regions.values().stream().filter(this::isAnswering).mapToInt(claims).sum();
	}

	private int waitingWithoutAnswer(long now) {
		return (int) this.regions.values()
			.stream()
			.filter((region) -> region.waiting() > 0 && region.running() == 0 && region.health(now) != Health.ANSWERING)
			.count();
	}

	/**
	 * Removes the waiting claims that are older than this, or whose Region does not
	 * answer.
	 */
	synchronized List<Claim> removeOlderThan(Duration age) {
		List<Claim> removed = new ArrayList<>();
		for (RegionLoad region : this.regions.values()) {
			Predicate<Claim> expired = (claim) -> region.hasTimedOut() || claim.isOlderThan(age);
			region.beforePolls.removeIf((claim) -> expired.test(claim) && removed.add(claim));
			region.polls.removeIf((claim) -> expired.test(claim) && removed.add(claim));
		}
		return removed;
	}

	/** Forgets all Regions but these, unless they hold a worker or a claim. */
	synchronized void forgetAllBut(Set<String> inFlight) {
		this.regions.entrySet().removeIf((entry) -> entry.getValue().isIdle() && !inFlight.contains(entry.getKey()));
	}

	/** The number of Regions that are remembered. */
	synchronized int regions() {
		return this.regions.size();
	}

	private boolean mayBegin(RegionLoad region, Held held, long now) {
		return switch (region.health(now)) {
			case ANSWERING -> region.running() < this.workers.regionConcurrency();
			case QUIET -> region.running() == 0 && held.withoutAnswer() < this.workers.withoutAnswer();
			case UNPROVEN -> region.running() == 0 && held.leavesRoomToTry(this.workers, now);
		};
	}

	private boolean isAnswering(RegionLoad region) {
		return region.health(this.nanoTime.getAsLong()) == Health.ANSWERING;
	}

	private boolean isIdle(LowWaterMark mark, Health wanted, long now) {
		RegionLoad region = this.regions.get(mark.region());
		return (region != null) ? region.isIdle() && region.health(now) == wanted : wanted == Health.UNPROVEN;
	}

	private boolean isTried(LowWaterMark mark) {
		RegionLoad region = this.regions.get(mark.region());
		return region != null && region.isTried();
	}

	private long begunAt(LowWaterMark mark) {
		return Objects.requireNonNull(this.regions.get(mark.region())).begunAt();
	}

	private Held held(long now) {
		int withoutAnswer = 0;
		int unproven = 0;
		long triedAt = now - this.workers.attemptTimeout().toNanos();
		for (RegionLoad region : this.regions.values()) {
			Health health = (region.running() > 0) ? region.health(now) : Health.ANSWERING;
			withoutAnswer += (health != Health.ANSWERING) ? region.running() : 0;
			if (health == Health.UNPROVEN) {
				unproven += region.running();
				triedAt = Math.max(triedAt, region.begunAt());
			}
		}
		return new Held(withoutAnswer, unproven, triedAt);
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
		return this.regions.computeIfAbsent(claim.run().place().region(), (unknown) -> new RegionLoad(this.workers));
	}

	/**
	 * The workers of Regions that do not answer now.
	 *
	 * @param triedAt when the last of the unproven calls under way was begun
	 */
	private record Held(int withoutAnswer, int unproven, long triedAt) {

		boolean leavesRoomToTry(Workers workers, long now) {
			return this.withoutAnswer < workers.withoutAnswer() && this.unproven < workers.unproven()
					&& now - nextTryAt(workers) >= 0;
		}

		long nextTryAt(Workers workers) {
			return this.triedAt + workers.pauseBetweenTries().toNanos();
		}

	}

}
