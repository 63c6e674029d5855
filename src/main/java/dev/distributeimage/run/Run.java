package dev.distributeimage.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

import dev.distributeimage.aws.Place;
import org.jspecify.annotations.Nullable;

/**
 * One execution of the workflow.
 * <p>
 * Workers and retries change a run only by the methods below whose names say what has
 * happened. Each takes an answer from AWS or a caller's request, moves the run on and
 * adds its events; none waits, calls AWS or stores anything. Their {@code now} is the
 * database's. Claims, cancels and removals are noted beside a run that may be with a
 * worker, each by one statement.
 */
public final class Run {

	private final UUID id;

	private final Place place;

	private final EventLog events = new EventLog();

	private RunValues stored;

	private RunValues values;

	private Next next = new Next.After(Duration.ZERO);

	/** Creates a run from its stored values. */
	public Run(UUID id, Place place, RunValues stored) {
		this.id = id;
		this.place = place;
		this.stored = stored;
		this.values = stored;
	}

	/** The distribution configuration exists; the image is requested next, at once. */
	public void distributionConfigurationCreated(String arn) {
		requireStep(StepId.CREATE_DISTRIBUTION_CONFIGURATION);
		this.values = this.values.with(outputs().withDistributionConfiguration(arn));
		stepEnded(this.values.progress().workflow().imageStep(), "distributionConfigurationArn", arn);
	}

	/** The image is being made; the run continues with its first poll at once. */
	public void imageRequested(String arn) {
		requireImageStep();
		this.values = this.values.with(outputs().withImage(arn));
		stepEnded(StepId.GET_IMAGE, "imageBuildVersionArn", arn);
	}

	/** A poll showed the image; the run ends with it, is polled again or times out. */
	public void imageSeen(Image seen, Duration pause, Instant now) {
		requireStep(StepId.GET_IMAGE);
		ImageWatch watch = image().seen(seen, now);
		boolean changed = watch.differsFrom(image()) || calls().last() != null;
		this.values = this.values.with(watch).with(calls().answered());
		if (changed) {
			this.events.add(EventType.IMAGE_STATUS, step(), "status", seen.status(), "reason", seen.reason());
		}
		image().endOfRun().ifPresentOrElse((end) -> {
			this.events.add(EventType.STEP_ENDED, step(), "failedCalls", calls().failed());
			ended(end, seen.status());
		}, () -> waitUnlessOverdue(pause, now));
	}

	/** A poll found no image; after three misses in a row it counts as deleted. */
	public void imageMissed(Failure missed, Duration pause, Instant now) {
		requireStep(StepId.GET_IMAGE);
		callFailed(missed);
		this.values = this.values.with(image().missed());
		if (image().isGone()) {
			ended(RunStatus.FAILED, ImageStatus.DELETED.name());
		}
		else {
			waitUnlessOverdue(pause, now);
		}
	}

	/**
	 * A call failed and is repeated after the pause; past its deadline the run times out.
	 * @param unanswered since when AWS may have carried the call out, or null if it has
	 * not; kept if the call creates something
	 */
	public void callFailed(Failure failed, @Nullable Instant unanswered, Duration pause, Instant now) {
		callFailed(failed, unanswered);
		waitUnlessOverdue(pause, now);
	}

	/**
	 * A call about the image failed and is repeated after the pause. It did not show the
	 * image, so past its deadline the run is polled once more before it times out.
	 */
	public void imageCallFailed(Failure failed, @Nullable Instant unanswered, Duration pause) {
		requireStep(StepId.GET_IMAGE);
		callFailed(failed, unanswered);
		this.next = new Next.After(pause);
	}

	/** AWS refused the call permanently; past its deadline the run times out. */
	public void callRefused(Failure refused, Instant now) {
		callFailed(refused);
		if (isOverdue(now)) {
			timedOut();
		}
		else {
			ended(RunStatus.FAILED, image().lastStatus());
		}
	}

	/** The deadline has passed. */
	public void timedOut() {
		ended(RunStatus.TIMED_OUT, image().lastStatus());
	}

	/** The run was cancelled before anything was built. */
	public void cancelled() {
		this.values = this.values.with(calls().withoutFailure());
		ended(RunStatus.CANCELLED, null);
	}

	/** AWS refused a read that the request for the image can do without. */
	public void lookUpRefused(Failure refused) {
		requireImageStep();
		this.values = this.values.with(calls().optionalCallFailed());
		this.events.addFailed(step(), refused, calls().failed());
	}

	/** AWS accepted the CancelImageCreation; polls show its effect. */
	public void imageCancelAccepted(Duration pause, Instant now) {
		requireStep(StepId.GET_IMAGE);
		this.values = this.values.with(calls().accepted()).with(cancel().withAnswer()).with(image().withStaleEnd(now));
		this.next = new Next.After(pause);
	}

	/** AWS refused the CancelImageCreation; polls show the image's status. */
	public void imageCancelRefused(Failure refused, Duration pause) {
		requireStep(StepId.GET_IMAGE);
		callFailed(refused);
		this.values = this.values.with(cancel().withAnswer());
		this.next = new Next.After(pause);
	}

	/** The run was cancelled before its image was retried: nothing is left to cancel. */
	public void retryDropped() {
		requireStep(StepId.GET_IMAGE);
		this.values = this.values.with(retry().withNextCall(null)).with(cancel().withAnswer());
		this.next = new Next.After(Duration.ZERO);
	}

	/** The build was completed; RetryImage is next. */
	public void buildFoundCompleted() {
		requireStep(StepId.GET_IMAGE);
		this.values = this.values.with(image().foundBuilt())
			.with(retry().withNextCall(RetryCall.RETRY_IMAGE))
			.with(calls().accepted());
		this.next = new Next.After(Duration.ZERO);
	}

	/** AWS accepted the RetryImage; the image continues. */
	public void imageRetried(Duration pause, Instant now) {
		requireStep(StepId.GET_IMAGE);
		this.values = this.values.with(calls().accepted());
		expectRetriedImage(now);
		this.next = new Next.After(pause);
	}

	/** AWS refused a RetryImage that it may have carried out; polls show if it did. */
	public void imageRetryUncertain(Failure refused, Duration pause, Instant now) {
		requireStep(StepId.GET_IMAGE);
		callFailed(refused);
		expectRetriedImage(now);
		waitUnlessOverdue(pause, now);
	}

	/** AWS refused a call of the image's retry; a new image is built with a new token. */
	public void imageRetryRefused(Failure refused) {
		this.values = this.values.with(calls().optionalCallFailed());
		this.events.addFailed(step(), refused, calls().failed());
		rebuildRequested();
	}

	/** The image cannot be retried; a new one is built with a new token. */
	public void rebuildRequested() {
		requireStep(StepId.GET_IMAGE);
		this.events.add(EventType.STEP_ENDED, step(), "failedCalls", calls().failed());
		this.values = this.values.rebuilding();
		this.events.add(EventType.STEP_BEGUN, step());
		this.next = new Next.After(Duration.ZERO);
	}

	/**
	 * The name of the configuration is being freed; the run asks again after the pause.
	 */
	public void nameAwaited(Duration pause, Instant now) {
		requireRunning();
		waitUnlessOverdue(pause, now);
	}

	/** The worker did not begin; the run keeps its due time for any worker. */
	public void handedBack() {
		requireRunning();
		this.next = new Next.AsPlanned();
	}

	/**
	 * A caller retried the ended run.
	 * @param by the caller, if there is a sign-in
	 */
	public void retried(RetryPlan plan, Instant newDeadline, Instant now, @Nullable String by) {
		if (status() == RunStatus.RUNNING) {
			throw new IllegalStateException("Run %s has not ended".formatted(this.id));
		}
		this.values = this.values.retried(plan.action(), newDeadline, now, by);
		this.events.add(EventType.RETRY_REQUESTED, step(), "action", plan.action(), "reason", plan.reason());
		this.events.add(EventType.STEP_BEGUN, step());
		this.next = new Next.After(Duration.ZERO);
	}

	/** A caller cancelled the timed-out run, whose image may still be building. */
	public void cancelRequested(Instant newDeadline, Instant now) {
		if (!this.values.mayStillBuild()) {
			throw new IllegalStateException("Run %s has no image that may still be building".formatted(this.id));
		}
		this.values = this.values.cancelling(newDeadline, now);
		this.events.add(EventType.CANCEL_REQUESTED, step());
		this.next = new Next.After(Duration.ZERO);
	}

	/** The outcome is stored; a caller may have requested a cancel in the meantime. */
	public void stored(@Nullable Instant cancelRequestedAt, @Nullable String cancelToken) {
		this.values = this.values.with(new Cancel(cancelRequestedAt, cancelToken, cancel().answered()));
		this.stored = this.values;
		this.events.clear();
	}

	private void expectRetriedImage(Instant now) {
		this.values = this.values.with(retry().withNextCall(null))
			.with(calls().settled())
			.with(image().withStaleEnd(now));
	}

	private void stepEnded(StepId following, String output, String arn) {
		this.events.add(EventType.STEP_ENDED, step(), output, arn, "failedCalls", calls().failed());
		this.values = this.values.begun(following);
		this.events.add(EventType.STEP_BEGUN, step());
		this.next = new Next.AtOnce();
	}

	private void callFailed(Failure failed, @Nullable Instant unanswered) {
		callFailed(failed);
		if (failed.code() != null) {
			this.values = this.values.with(image().notMissed());
		}
		if (this.values.createsSomething()) {
			this.values = this.values.with(calls().unanswered(unanswered));
		}
	}

	private void callFailed(Failure failed) {
		requireRunning();
		this.values = this.values.with(calls().failed(failed));
		this.events.addFailed(step(), failed, calls().failed());
	}

	private void waitUnlessOverdue(Duration pause, Instant now) {
		if (isOverdue(now)) {
			timedOut();
		}
		else {
			this.next = new Next.After(pause);
		}
	}

	private void ended(RunStatus end, @Nullable String finalStatus) {
		requireRunning();
		this.values = this.values.with(this.values.progress().ended(end)).with(outputs().withFinalStatus(finalStatus));
		this.events.add(EventType.ENDED, step(), "status", end.name(), "finalStatus", finalStatus, "failedCalls",
				calls().failed());
		this.next = new Next.Never();
	}

	private void requireImageStep() {
		requireStep(this.values.progress().workflow().imageStep());
	}

	private void requireStep(StepId required) {
		requireRunning();
		if (step() != required) {
			throw new IllegalStateException("Run %s is at %s, not at %s".formatted(this.id, step(), required));
		}
	}

	private void requireRunning() {
		if (status() != RunStatus.RUNNING) {
			throw new IllegalStateException("Run %s has ended: %s".formatted(this.id, status()));
		}
	}

	public UUID id() {
		return this.id;
	}

	/** The infrastructure configuration's account and the recipe's Region. */
	public Place place() {
		return this.place;
	}

	public RunValues values() {
		return this.values;
	}

	public RunStatus status() {
		return this.values.progress().status();
	}

	/** The current step, or the step at which the run ended. */
	public StepId step() {
		return this.values.progress().step();
	}

	public Outputs outputs() {
		return this.values.outputs();
	}

	public Calls calls() {
		return this.values.calls();
	}

	public ImageWatch image() {
		return this.values.image();
	}

	public Cancel cancel() {
		return this.values.cancel();
	}

	public Retry retry() {
		return this.values.retry();
	}

	public Tokens tokens() {
		return this.values.tokens();
	}

	public boolean isOverdue(Instant now) {
		return this.values.progress().isOverdue(now);
	}

	/** Whether only the time of the next call has changed since the last read. */
	public boolean isUnchanged() {
		return this.events.events().isEmpty() && this.values.equals(this.stored);
	}

	/** Whether the run has given up an image that it had when it was read. */
	public boolean hasGivenUpItsImage() {
		String before = this.stored.outputs().imageBuildVersionArn();
		return before != null && !before.equals(outputs().imageBuildVersionArn());
	}

	/** When the run is due next, as set by the last change. */
	public Next next() {
		return this.next;
	}

	/** Whether the same worker continues with the run at once. */
	public boolean goesOnAtOnce() {
		return this.next instanceof Next.AtOnce;
	}

	/** The events since the run was stored. */
	public List<NewEvent> newEvents() {
		return this.events.events();
	}

}
