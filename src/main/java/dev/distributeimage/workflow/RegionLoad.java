package dev.distributeimage.workflow;

import java.util.ArrayDeque;
import java.util.Deque;

import dev.distributeimage.run.queue.Claim;

/**
 * The workers and waiting claims of a Region, and what its last calls say about it. Times
 * are those of {@link System#nanoTime()}.
 */
final class RegionLoad {

	/** The health of a Region, as far as it is known. */
	enum Health {

		/** Answered within the last attempt timeout. */
		ANSWERING,

		/** Answered when it was last called, or was not called for lack of a session. */
		QUIET,

		/** Has not answered yet, its last call timed out, or its calls take too long. */
		UNPROVEN

	}

	/** Claims of runs whose next call is more than a poll. */
	final Deque<Claim> beforePolls = new ArrayDeque<>();

	final Deque<Claim> polls = new ArrayDeque<>();

	private final Workers workers;

	private int running;

	private boolean tried;

	private long begunAt;

	/** Since when an answer has been waited for. */
	private long silentSince;

	private boolean lastAnswered;

	private boolean lastTimedOut;

	/** When the last answer in good time arrived. */
	private long answeredAt;

	RegionLoad(Workers workers) {
		this.workers = workers;
	}

	Health health(long now) {
		boolean stalled = this.running > 0 && now - this.silentSince >= this.workers.pauseBetweenTries().toNanos();
		if (!this.lastAnswered || stalled) {
			return Health.UNPROVEN;
		}
		return (now - this.answeredAt < this.workers.attemptTimeout().toNanos()) ? Health.ANSWERING : Health.QUIET;
	}

	void begun(long now) {
		if (this.running == 0) {
			this.silentSince = now;
		}
		this.running++;
		this.tried = true;
		this.begunAt = now;
	}

	void finished(CallOutcome outcome, long now) {
		this.running--;
		switch (outcome) {
			case ANSWERED -> {
				this.answeredAt = answeredAt(now);
				this.lastAnswered = true;
				this.lastTimedOut = false;
				this.silentSince = now;
			}
			case TIMED_OUT -> {
				this.lastAnswered = false;
				this.lastTimedOut = true;
			}
			case STS_UNANSWERED -> stsUnanswered(now);
			case NOT_CALLED -> {
			}
		}
	}

	// Runs that need no session of STS must not wait for their turn behind many that do.
	private void stsUnanswered(long now) {
		if (!this.lastAnswered && !this.lastTimedOut) {
			this.lastAnswered = true;
			this.answeredAt = now - this.workers.attemptTimeout().toNanos();
		}
	}

	// A Region that answers late holds a worker for nearly as long as one that hangs.
	private long answeredAt(long now) {
		boolean slow = now - this.silentSince > this.workers.slowAnswer().toNanos();
		return slow ? now - this.workers.attemptTimeout().toNanos() : now;
	}

	int running() {
		return this.running;
	}

	/** Whether a call to it was ever begun. */
	boolean isTried() {
		return this.tried;
	}

	long begunAt() {
		return this.begunAt;
	}

	boolean hasTimedOut() {
		return this.lastTimedOut;
	}

	/** The waiting claims of this kind. */
	Deque<Claim> queueOf(Claim claim) {
		return claim.run().values().isOnlyToBePolled() ? this.polls : this.beforePolls;
	}

	int waiting() {
		return this.beforePolls.size() + this.polls.size();
	}

	boolean isIdle() {
		return this.running == 0 && waiting() == 0;
	}

}
