package dev.distributeimage.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.LowWaterMark;
import dev.distributeimage.run.queue.LowWaterMarks;
import dev.distributeimage.run.queue.RunQueue;

/**
 * Claims due runs: ahead of the workers for Regions that answer, and for all others one
 * run at a time, when a worker is free for it. Regions that hang therefore fill neither
 * the workers nor the batch. Runs on one thread only.
 */
class Claimer {

	/** The maximum number of Regions to look at for a run to try, each by a statement. */
	private static final int MOST_TRIES = 8;

	private final RunQueue queue;

	private final PollerSettings settings;

	private final ClaimQueue claims;

	private final LowWaterMarks marks;

	private volatile boolean dueRunsLeft;

	Claimer(RunQueue queue, PollerSettings settings, ClaimQueue claims) {
		this.queue = queue;
		this.settings = settings;
		this.claims = claims;
		this.marks = new LowWaterMarks(claims.nanoTime());
	}

	/** Looks for due runs, and forgets Regions without runs in flight. */
	void look(Pulse pulse) {
		this.marks.refresh(this.queue);
		this.claims.forgetAllBut(this.marks.regions());
		pulse.beats(this.marks.dueAge(), this.marks.anyInFlight());
	}

	/** Whether a run was due at the last look. */
	boolean anyDue() {
		return this.marks.anyDue();
	}

	/** The Regions with runs in flight. */
	Set<String> regions() {
		return this.marks.regions();
	}

	/** Whether the last claims may have left due runs behind. */
	boolean hasLeftDueRuns() {
		return this.dueRunsLeft;
	}

	/** Claims runs of Regions that have to answer before more of theirs are claimed. */
	List<Claim> toLearn() {
		List<LowWaterMark> due = this.marks.due((region) -> !this.claims.takesMore(region));
		this.dueRunsLeft = !due.isEmpty();
		List<Claim> claimed = new ArrayList<>(toTry(due));
		List<LowWaterMark> toAskAgain = this.claims.toAskAgain(due);
		if (!toAskAgain.isEmpty()) {
			claimed.addAll(oneEach(toAskAgain));
		}
		return claimed;
	}

	/** Claims a run of one Region that hangs or may hang, if there is a worker for it. */
	private List<Claim> toTry(List<LowWaterMark> due) {
		for (LowWaterMark mark : this.claims.toTry(due).stream().limit(MOST_TRIES).toList()) {
			List<Claim> claimed = oneEach(List.of(mark));
			if (!claimed.isEmpty()) {
				return claimed;
			}
			this.marks.nothingDue(mark.region());
		}
		return List.of();
	}

	private List<Claim> oneEach(List<LowWaterMark> marks) {
		List<Claim> claimed = this.claims.hasBudget()
				? this.queue.claimBeforePolls(marks.size(), 1, this.settings.claimFor(), marks) : List.of();
		return claimed.isEmpty() ? this.marks.raise(this.queue.claim(marks.size(), 1, this.settings.claimFor(), marks))
				: claimed;
	}

	/**
	 * Claims what goes before polls, if there is a call budget: overdue polls would leave
	 * no room for anything else.
	 */
	List<Claim> aheadBeforePolls() {
		return this.claims.hasBudget() ? ahead(this.claims.waitingBeforePolls(), (room) -> this.queue
			.claimBeforePolls(room, this.settings.regionBatchSize(), this.settings.claimFor(), answering()))
				: List.of();
	}

	/** Claims runs of Regions that answer. */
	List<Claim> ahead() {
		return ahead(this.claims.waiting(), (room) -> this.marks
			.raise(this.queue.claim(room, this.settings.regionBatchSize(), this.settings.claimFor(), answering())));
	}

	private List<Claim> ahead(int waiting, IntFunction<List<Claim>> claim) {
		int room = this.settings.batchSize() - waiting;
		if (room <= 0) {
			this.dueRunsLeft = true;
			return List.of();
		}
		List<Claim> claimed = claim.apply(room);
		this.dueRunsLeft |= claimed.size() >= Math.min(room, this.settings.regionBatchSize());
		return claimed;
	}

	private List<LowWaterMark> answering() {
		return this.marks.of(this.claims::takesMore);
	}

}
