package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.Claims;
import org.jspecify.annotations.NullUnmarked;

/**
 * Workers that stop at any point, either permanently or to continue much later as if
 * nothing had happened.
 */
@NullUnmarked
public final class LateWorkers {

	/** The progress of a worker with its run when it stops. */
	enum Until {

		TAKEN, CALLED, STORED

	}

	private record LateWorker(Claim claim, Instant takenAt, boolean called, List<AwsCall> calls) {
	}

	private final Engine engine;

	private final InstantSource time;

	private final Function<UUID, ExpectedRun> models;

	private final Function<UUID, ObservedRun> stored;

	private final Complaints complaints;

	private final List<LateWorker> all = new ArrayList<>();

	private LateWorker atWork;

	LateWorkers(Engine engine, InstantSource time, Function<UUID, ExpectedRun> models,
			Function<UUID, ObservedRun> stored, Complaints complaints) {
		this.engine = engine;
		this.time = time;
		this.models = models;
		this.stored = stored;
		this.complaints = complaints;
	}

	/** Claims a run for a worker, if one is due, and lets it do this much. */
	boolean stop(Until until) {
		Optional<Claim> claim = this.engine.take();
		claim.ifPresent((taken) -> stop(taken, until));
		return claim.isPresent();
	}

	private void stop(Claim claim, Until until) {
		model(claim).taken();
		LateWorker worker = new LateWorker(claim, this.time.instant(), false, new ArrayList<>());
		if (until != Until.TAKEN) {
			worker = call(worker);
		}
		if (until == Until.STORED) {
			store(worker);
			return;
		}
		model(claim).lost(worker.takenAt());
		this.all.add(worker);
	}

	/** Lets one of them continue. */
	void resume(int which) {
		if (!this.all.isEmpty()) {
			LateWorker worker = this.all.remove(which % this.all.size());
			store(worker.called() ? worker : call(worker));
		}
	}

	/** Lets none of them continue. */
	void die() {
		this.all.clear();
	}

	/** Whether one of them makes the current call. */
	boolean isAtWork() {
		return this.atWork != null;
	}

	Instant takenAt() {
		return this.atWork.takenAt();
	}

	/** Notes a call whose outcome is not stored yet. */
	void called(AwsCall call) {
		this.atWork.calls().add(call);
	}

	// A worker measures the age of its claim by another clock, which also runs.
	private LateWorker call(LateWorker worker) {
		Claim claim = worker.claim();
		Duration age = Duration.between(worker.takenAt(), this.time.instant());
		Claim aged = Claims.sent(age, claim);
		this.atWork = worker;
		try {
			return new LateWorker(this.engine.call(aged), worker.takenAt(), true, worker.calls());
		}
		finally {
			this.atWork = null;
		}
	}

	// An outcome counts only over the version of its claim, and a timeout never counts
	// over a cancel.
	private void store(LateWorker worker) {
		Run run = worker.claim().run();
		ObservedRun before = this.stored.apply(run.id());
		boolean claimed = before.version() == worker.claim().lease().version() && before.claimedAt() != null;
		boolean overCancel = run.status() == RunStatus.TIMED_OUT && before.cancelRequested()
				&& !run.cancel().isRequested();
		boolean current = claimed && !overCancel;
		Optional<Claim> renewed = this.engine.store(worker.claim());
		this.complaints.unless(current == renewed.isPresent(), "The outcome of %s is %s", worker.calls(),
				current ? "refused" : "stored over that of another worker");
		renewed.ifPresent((claim) -> stored(claim, worker.calls()));
		if (claimed && overCancel) {
			model(worker.claim()).lost(worker.takenAt());
		}
	}

	private void stored(Claim renewed, List<AwsCall> calls) {
		ExpectedRun model = model(renewed);
		model.reported();
		calls.forEach(model::hears);
		if (renewed.run().goesOnAtOnce()) {
			model.taken();
			model.lost(this.time.instant());
			this.all.add(new LateWorker(renewed, this.time.instant(), false, new ArrayList<>()));
		}
	}

	private ExpectedRun model(Claim claim) {
		return this.models.apply(claim.run().id());
	}

}
