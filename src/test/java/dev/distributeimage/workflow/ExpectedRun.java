package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

import dev.distributeimage.run.RetryAction;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.intake.CancelResult;
import dev.distributeimage.workflow.Observation.Kind;
import org.jspecify.annotations.NullUnmarked;

import static dev.distributeimage.run.StepId.CREATE_DISTRIBUTION_CONFIGURATION;
import static dev.distributeimage.run.StepId.GET_IMAGE;

/**
 * The expected state of a run, by the rules alone: the calls that it may make now, the
 * effect of each answer, and the requests that callers may make. It knows neither claims
 * nor versions. It is told, in order, the callers' requests, AWS's answers and the
 * crashes in between.
 */
@NullUnmarked
final class ExpectedRun {

	private static final Duration LEAST_BACKOFF = Duration.ofMillis(50);

	private static final Duration LEAST_SLOW_BACKOFF = Duration.ofSeconds(48);

	private static final Duration LEAST_BETWEEN_POLLS = Duration.ofSeconds(27);

	private static final Duration LONGEST_WAIT = Duration.ofSeconds(66);

	private static final Duration TOKEN_TRUSTED = Duration.ofHours(1);

	/** The calls that a retried run still makes about its image. */
	private enum Wish {

		NONE, TO_KNOW_WHETHER_BUILT, TO_BE_RETRIED

	}

	final UUID id;

	final ExpectedRequest asked;

	private final List<ExpectedRun> all;

	private final Complaints complaints;

	private final ExpectedTokens tokens;

	private final List<String> events = new ArrayList<>();

	private Instant deadline;

	RunStatus status = RunStatus.RUNNING;

	private StepId step;

	private String configurationArn;

	/** Whether AWS has shown the reused configuration, or refused to. */
	private boolean configurationRead;

	String imageArn;

	private ExpectedImage image = new ExpectedImage();

	private String finalStatus;

	private String failure;

	private int attempts;

	private int retries;

	int cancels;

	private boolean cancelAsked;

	/** Whether the worker that holds the run knows about the cancel. */
	private boolean cancelKnown;

	private boolean cancelAnswered;

	private boolean cancelJustFailed;

	/** When AWS may have done something that the run does not know of. */
	private Instant inDoubtSince;

	/** When the worker that has not reported claimed the run. */
	private Instant lostSince;

	/** The calls of the worker that holds the run, unless its last one is answered. */
	private final List<String> callsOfWorker = new ArrayList<>();

	private AwsCall nameTaken;

	private boolean holderAtWork;

	private boolean holderLost;

	private Wish wish = Wish.NONE;

	private Instant notBefore;

	/**
	 * AWS refused the search for the image, or an earlier image has gone: two may be
	 * built.
	 */
	boolean mayBuildTwice;

	ExpectedRun(UUID id, ExpectedRequest asked, List<ExpectedRun> all, Complaints complaints) {
		this.id = id;
		this.asked = asked;
		this.all = all;
		this.complaints = complaints;
		this.tokens = new ExpectedTokens(complaints);
		this.tokens.set("CreateDistributionConfiguration", asked.token());
		this.tokens.set(asked.imageOperation(), asked.token());
		this.step = asked.firstStep();
		this.configurationArn = asked.reused();
	}

	// Callers' requests.

	void accepted(Instant now) {
		this.deadline = now.plus(this.asked.deadline());
		note("ACCEPTED");
		note("STEP_BEGUN");
	}

	Class<? extends CancelResult> cancelled(Instant now) {
		boolean mayBeBuilding = this.imageArn != null || (isAtImageStep() && this.inDoubtSince != null);
		if (this.status == RunStatus.TIMED_OUT && mayBeBuilding) {
			goesOn(now);
			this.cancelAsked = false;
		}
		if (this.status != RunStatus.RUNNING) {
			return (this.status == RunStatus.CANCELLED) ? CancelResult.Cancelled.class : CancelResult.Ended.class;
		}
		if (!this.cancelAsked) {
			this.cancelAsked = true;
			this.cancelKnown = false;
			this.cancelAnswered = false;
			this.cancels++;
			this.notBefore = null;
			this.tokens.spent("CancelImageCreation");
			note("CANCEL_REQUESTED");
		}
		return CancelResult.Requested.class;
	}

	/** The action of a retry of the ended run. */
	RetryAction retried(Instant now) {
		RetryAction action = retryAction();
		boolean mismatch = this.failure != null && this.failure.endsWith(" IdempotentParameterMismatchException");
		switch (action) {
			case CREATE_DISTRIBUTION_CONFIGURATION ->
				createsAgain(CREATE_DISTRIBUTION_CONFIGURATION, "CreateDistributionConfiguration", mismatch);
			case CREATE_IMAGE, DISTRIBUTE_IMAGE ->
				createsAgain(this.asked.imageStep(), this.asked.imageOperation(), mismatch || this.imageArn != null);
			case GET_IMAGE -> this.wish = Wish.NONE;
			case RETRY_IMAGE -> {
				this.wish = this.image.isBuilt() ? Wish.TO_BE_RETRIED : Wish.TO_KNOW_WHETHER_BUILT;
				if (this.inDoubtSince == null) {
					this.tokens.spent("RetryImage");
				}
			}
		}
		goesOn(now);
		this.retries++;
		this.cancelAsked = false;
		this.cancelAnswered = false;
		this.image.believe();
		note("RETRY_REQUESTED", action);
		note("STEP_BEGUN");
		return action;
	}

	private RetryAction retryAction() {
		if (this.step != GET_IMAGE) {
			return isAtImageStep() ? this.asked.imageAction() : RetryAction.CREATE_DISTRIBUTION_CONFIGURATION;
		}
		return switch (String.valueOf(this.finalStatus)) {
			case "DELETED" -> this.asked.imageAction();
			case "FAILED", "CANCELLED" -> RetryAction.RETRY_IMAGE;
			default -> RetryAction.GET_IMAGE;
		};
	}

	private void createsAgain(StepId again, String operation, boolean tokenSpent) {
		this.step = again;
		forgetsImage();
		if (tokenSpent) {
			this.tokens.spent(operation);
			this.inDoubtSince = null;
		}
	}

	private void goesOn(Instant now) {
		this.status = RunStatus.RUNNING;
		this.deadline = now.plus(this.asked.deadline());
		this.finalStatus = null;
		this.failure = null;
		this.attempts = 0;
		this.image.notMissed();
		this.notBefore = null;
	}

	// Workers' calls.

	/**
	 * A worker claims the run. The previous one may have called AWS without reporting.
	 */
	void taken() {
		if (this.lostSince != null && creates() && this.inDoubtSince == null) {
			this.inDoubtSince = this.lostSince;
		}
		this.lostSince = null;
		this.callsOfWorker.clear();
		this.cancelKnown = this.cancelAsked;
		resolveTakenName(false);
	}

	/** Whether the worker that holds the run makes another call, which is this one. */
	boolean goesOnWith(String operation) {
		return !this.callsOfWorker.isEmpty() && !operation.equals("CreateDistributionConfiguration");
	}

	/** The worker that claimed the run then is dead or late. */
	void lost(Instant takenAt) {
		this.lostSince = takenAt;
		this.callsOfWorker.clear();
	}

	/** The late worker has reported before another one claimed the run. */
	void reported() {
		this.lostSince = null;
	}

	/** A call begins. */
	void calls(String operation, String token, Instant at) {
		boolean certain = this.inDoubtSince == null;
		boolean cancelDue = this.cancelKnown && !this.cancelAnswered;
		boolean cancelled = cancelDue && certain;
		boolean allowed = this.status == RunStatus.RUNNING && switch (operation) {
			case "CreateDistributionConfiguration" -> isAt(CREATE_DISTRIBUTION_CONFIGURATION, at) && !cancelDue;
			case "GetDistributionConfiguration" -> (mayRequestImage(cancelled, at) && isUnread())
					|| (isAt(CREATE_DISTRIBUTION_CONFIGURATION, at) && !certain);
			case "ListImageBuildVersions" -> mayRequestImage(cancelled, at) && !isUnread() && isLate(at);
			case "CreateImage", "DistributeImage" -> operation.equals(this.asked.imageOperation())
					&& mayRequestImage(cancelled, at) && !isUnread() && (!isLate(at) || hasLooked());
			case "GetImage" -> this.step == GET_IMAGE && mayPoll(cancelDue, certain, at);
			case "CancelImageCreation" -> this.step == GET_IMAGE && cancelDue && !this.cancelJustFailed;
			case "ListWorkflowExecutions" -> isAt(GET_IMAGE, at) && this.wish == Wish.TO_KNOW_WHETHER_BUILT;
			case "RetryImage" -> isAt(GET_IMAGE, at) && this.wish == Wish.TO_BE_RETRIED && !cancelled;
			default -> false;
		};
		this.complaints.unless(allowed, "%s may not be called now", operation);
		boolean early = this.notBefore != null && at.isBefore(this.notBefore) && at.isBefore(this.deadline);
		this.complaints.unless(!early, "%s is called at %s, not before %s is right", operation, at, this.notBefore);
		this.callsOfWorker.add(operation);
		if (token != null) {
			this.tokens.sent(operation, token);
		}
	}

	private boolean mayRequestImage(boolean cancelled, Instant at) {
		return isAt(this.asked.imageStep(), at) && !cancelled;
	}

	/** Whether a reused configuration must be read before anything else is done. */
	private boolean isUnread() {
		return this.asked.reused() != null && !this.configurationRead;
	}

	/** Whether AWS may have forgotten the token of the create. */
	private boolean isLate(Instant at) {
		return this.inDoubtSince != null && this.inDoubtSince.plus(TOKEN_TRUSTED).isBefore(at);
	}

	private boolean hasLooked() {
		return this.callsOfWorker.contains("ListImageBuildVersions");
	}

	// A cancel goes first, and alternates with polls while it fails. The calls of a retry
	// go before polls, unless the run is cancelled or overdue.
	private boolean mayPoll(boolean cancelDue, boolean certain, Instant at) {
		if (this.wish != Wish.NONE) {
			return !at.isBefore(this.deadline) || (cancelDue && certain);
		}
		return !cancelDue || this.cancelJustFailed;
	}

	/** Whether this token was ever used to request an image for this run. */
	boolean requested(String token) {
		return this.tokens.wasSent(this.asked.imageOperation(), token);
	}

	/** The token with which its image must have been requested. */
	String imageToken() {
		return this.tokens.current(this.asked.imageOperation());
	}

	private boolean isAtImageStep() {
		return this.step == this.asked.imageStep();
	}

	private boolean isAt(StepId other, Instant at) {
		return this.step == other && at.isBefore(this.deadline);
	}

	/** AWS shows a reused configuration. That is stored even if the worker is lost. */
	void answered(AwsCall call) {
		boolean read = isAtImageStep() && call.operation().equals("GetDistributionConfiguration");
		this.configurationRead |= read && (call.observation().is(Kind.DONE) || call.observation().is(Kind.NEVER));
	}

	/**
	 * Stores the outcome of a call, except a timeout after a cancel was requested: the
	 * next worker begins with the cancel.
	 */
	void hears(AwsCall call) {
		if (this.cancelAsked && !this.cancelKnown && timesOut(call)) {
			lost(call.claimedAt());
			return;
		}
		this.notBefore = null;
		this.callsOfWorker.clear();
		this.cancelJustFailed = call.operation().equals("CancelImageCreation") && !call.observation().is(Kind.DONE);
		switch (call.operation()) {
			case "CreateDistributionConfiguration" -> hearsOfConfiguration(call);
			case "GetDistributionConfiguration" -> {
				if (isAtImageStep()) {
					hearsOfRead(call);
				}
				else {
					hearsWhoseConfigurationItIs(call);
				}
			}
			case "ListImageBuildVersions" -> hearsOfRead(call);
			case "CreateImage", "DistributeImage" -> {
				if (call.observation().is(Kind.DONE)) {
					imageRequested(call.arn());
				}
				else {
					failed(call);
				}
			}
			case "GetImage" -> hearsOfImage(call);
			case "CancelImageCreation" -> hearsOfCancel(call);
			default -> hearsOfRetry(call);
		}
		if (this.cancelAsked && !this.cancelKnown) {
			this.notBefore = null;
		}
	}

	private boolean timesOut(AwsCall call) {
		if (!call.operation().equals("GetImage") || call.at().isBefore(this.deadline)) {
			return false;
		}
		if (call.observation().is(Kind.DONE)) {
			return this.image.endShownBy(call) == null;
		}
		return !call.observation().says("ResourceNotFoundException") || !this.image.isNearlyGone();
	}

	private void hearsOfConfiguration(AwsCall call) {
		boolean taken = call.observation().says("ResourceAlreadyExistsException");
		if (call.observation().is(Kind.DONE)) {
			configurationCreated(call.arn());
		}
		else if (taken && this.inDoubtSince != null && !isTakenByAnotherRun()) {
			this.nameTaken = call;
			this.callsOfWorker.add(call.operation());
			this.holderAtWork = holders().anyMatch((holder) -> holder.status == RunStatus.RUNNING);
			this.holderLost = holders().anyMatch((holder) -> holder.lostSince != null);
		}
		else {
			failed(call);
		}
	}

	private boolean isTakenByAnotherRun() {
		return holders().anyMatch((holder) -> holder.configurationArn != null || holder.inDoubtSince != null);
	}

	private Stream<ExpectedRun> holders() {
		return this.all.stream().filter((other) -> other != this && this.asked.name().equals(other.asked.name()));
	}

	private void hearsWhoseConfigurationItIs(AwsCall call) {
		AwsCall taken = this.nameTaken;
		this.nameTaken = null;
		if (call.observation().is(Kind.DONE) && call.isSo()) {
			configurationCreated(call.about());
		}
		else if (call.observation().is(Kind.DONE) || call.observation().is(Kind.NEVER)) {
			failed(taken);
		}
		else {
			failedForNow(call);
		}
	}

	// The name belongs to another run whose call is in progress, so its result is
	// awaited. If that call was lost, the other run may have the name, and this one
	// fails.
	private void resolveTakenName(boolean failed) {
		AwsCall taken = this.nameTaken;
		this.nameTaken = null;
		if (taken != null && failed && this.holderLost) {
			failed(taken);
		}
		else if (taken != null) {
			this.complaints.unless(this.holderAtWork, "No other run has the name of run %s", this.id);
			failedForNow(taken);
		}
	}

	private void configurationCreated(String arn) {
		note("STEP_ENDED", arn);
		this.configurationArn = arn;
		begins(this.asked.imageStep());
	}

	// The request for the image can do without either read if AWS refuses it.
	private void hearsOfRead(AwsCall call) {
		if (call.arn() != null) {
			imageRequested(call.arn());
		}
		else if (call.observation().is(Kind.DONE)) {
			this.callsOfWorker.add(call.operation());
		}
		else if (call.observation().is(Kind.NEVER)) {
			note("CALL_FAILED", call.failing(), call.observation().code());
			this.callsOfWorker.add(call.operation());
		}
		else {
			failedForNow(call);
		}
	}

	private void imageRequested(String arn) {
		note("STEP_ENDED", arn);
		this.imageArn = arn;
		begins(GET_IMAGE);
	}

	private void hearsOfImage(AwsCall call) {
		boolean overdue = !call.at().isBefore(this.deadline);
		if (this.cancelKnown && this.wish != Wish.NONE && !overdue) {
			this.cancelAnswered = true;
			this.wish = Wish.NONE;
		}
		this.notBefore = call.at().plus(LEAST_BETWEEN_POLLS);
		if (call.observation().is(Kind.DONE)) {
			sees(call);
		}
		else {
			misses(call);
		}
		if (overdue && this.status == RunStatus.RUNNING) {
			ends(RunStatus.TIMED_OUT, this.image.status());
		}
	}

	private void sees(AwsCall call) {
		if (!this.image.isShownBy(call) || this.failure != null) {
			note("IMAGE_STATUS", call.image().status());
		}
		RunStatus end = this.image.endShownBy(call);
		this.image.seen(call);
		this.attempts = 0;
		this.failure = null;
		if (end != null) {
			note("STEP_ENDED");
			ends(end, this.image.status());
		}
	}

	private void misses(AwsCall call) {
		if (!call.observation().says("ResourceNotFoundException")) {
			if (call.observation().code() != null) {
				this.image.notMissed();
			}
			failed(call);
			return;
		}
		failedForNow(call);
		this.image.missed();
		if (this.image.isGone()) {
			ends(RunStatus.FAILED, "DELETED");
		}
	}

	private void hearsOfCancel(AwsCall call) {
		if (call.observation().is(Kind.DONE)) {
			this.attempts = 0;
			this.image.disbelieveTheEndSeen(call.claimedAt());
		}
		else {
			failedForNow(call);
		}
		if (call.observation().is(Kind.DONE) || call.observation().is(Kind.NEVER)) {
			this.cancelAnswered = true;
			this.notBefore = call.at().plus(LEAST_BETWEEN_POLLS);
		}
	}

	// The image's build is completed. AWS accepts the retry or refuses it permanently; a
	// new image is built then, unless an earlier retry may have been accepted.
	private void hearsOfRetry(AwsCall call) {
		boolean retry = call.operation().equals("RetryImage");
		if (call.observation().is(Kind.NEVER) && this.inDoubtSince != null) {
			failedForNow(call);
			retryIsOver(call);
		}
		else if (call.observation().is(Kind.NEVER)) {
			note("CALL_FAILED", call.failing(), call.observation().code());
			rebuilds();
		}
		else if (!retry && call.observation().is(Kind.DONE) && !call.isSo()) {
			rebuilds();
		}
		else if (!call.observation().is(Kind.DONE)) {
			failedForNow(call);
		}
		else if (retry) {
			this.attempts = 0;
			retryIsOver(call);
		}
		else {
			this.attempts = 0;
			this.image.foundBuilt();
			this.wish = Wish.TO_BE_RETRIED;
		}
	}

	private void retryIsOver(AwsCall call) {
		this.wish = Wish.NONE;
		this.inDoubtSince = null;
		this.notBefore = call.at().plus(LEAST_BETWEEN_POLLS);
		this.image.disbelieveTheEndSeen(call.claimedAt());
	}

	private void rebuilds() {
		note("STEP_ENDED");
		this.tokens.spent(this.asked.imageOperation());
		forgetsImage();
		begins(this.asked.imageStep());
	}

	private void forgetsImage() {
		this.imageArn = null;
		this.image = new ExpectedImage();
		this.wish = Wish.NONE;
	}

	private void begins(StepId next) {
		this.step = next;
		this.attempts = 0;
		this.image.notMissed();
		this.failure = null;
		this.inDoubtSince = null;
		note("STEP_BEGUN");
	}

	private void failed(AwsCall call) {
		failedForNow(call);
		if (call.observation().is(Kind.NEVER)) {
			boolean overdue = !call.at().isBefore(this.deadline);
			ends(overdue ? RunStatus.TIMED_OUT : RunStatus.FAILED, this.image.status());
		}
	}

	private void failedForNow(AwsCall call) {
		this.attempts++;
		this.failure = call.failing() + " " + call.observation().code();
		note("CALL_FAILED", call.failing(), call.observation().code());
		Instant soonest = call.at().plus(call.observation().is(Kind.SLOWLY) ? LEAST_SLOW_BACKOFF : LEAST_BACKOFF);
		if (this.notBefore == null || this.notBefore.isBefore(soonest)) {
			this.notBefore = soonest;
		}
		if (call.mayBeCarriedOut() && creates() && this.inDoubtSince == null) {
			this.inDoubtSince = call.claimedAt();
		}
	}

	private boolean creates() {
		return this.step != GET_IMAGE || this.wish == Wish.TO_BE_RETRIED;
	}

	// Ends without a call.

	/** Before it has an image, a run ends by itself when it is cancelled or overdue. */
	void settles(Instant now) {
		boolean overdue = this.step != GET_IMAGE && !now.isBefore(this.deadline);
		if (this.status == RunStatus.RUNNING && isCancelledBeforeBuild()) {
			this.failure = null;
			taken();
			ends(RunStatus.CANCELLED, null);
		}
		else if (this.status == RunStatus.RUNNING && overdue) {
			taken();
			ends(RunStatus.TIMED_OUT, null);
		}
	}

	private boolean isCancelledBeforeBuild() {
		boolean certain = this.inDoubtSince == null && this.lostSince == null;
		return this.cancelAsked && (this.step == CREATE_DISTRIBUTION_CONFIGURATION
				|| (isAtImageStep() && certain && !this.cancelAnswered));
	}

	private void ends(RunStatus end, String lastStatus) {
		this.status = end;
		this.finalStatus = lastStatus;
		this.notBefore = null;
		note("ENDED", end, lastStatus);
	}

	private void note(String type, Object... details) {
		StringBuilder event = new StringBuilder(type + " " + this.step);
		for (Object detail : details) {
			event.append((detail != null) ? " " + detail : "");
		}
		this.events.add(event.toString());
	}

	// Observations.

	/** Compares the stored run with the expected one. */
	void compare(ObservedRun seen, Instant now) {
		resolveTakenName(seen.status() == RunStatus.FAILED);
		if (!seen.isRunning()) {
			settles(now);
		}
		same("status", this.status, seen.status());
		same("step", this.step, seen.step());
		same("distributionConfigurationArn", this.configurationArn, seen.configurationArn());
		same("configurationRead", this.configurationRead, seen.configurationRead());
		same("imageBuildVersionArn", this.imageArn, seen.imageArn());
		same("finalStatus", this.finalStatus, seen.finalStatus());
		same("image.status", this.image.status(), seen.imageStatus());
		same("failure", this.failure, seen.failure());
		same("attempts", this.attempts, seen.attempts());
		same("cancelRequested", this.cancelAsked, seen.cancelRequested());
		same("deadline", this.deadline, seen.deadline());
		same("retries", this.retries, seen.retries());
		same("events", this.events, seen.events());
		boolean held = this.lostSince != null && this.status == RunStatus.RUNNING;
		same("claimed", held, seen.claimedAt() != null);
		if (seen.dueAt() != null && !held) {
			boolean newsForWorkers = this.cancelAsked && !this.cancelKnown;
			this.complaints.unless(!newsForWorkers || !seen.dueAt().isAfter(now), "It is cancelled and due at %s",
					seen.dueAt());
			this.complaints.unless(!seen.dueAt().isAfter(this.deadline) || !seen.dueAt().isAfter(now),
					"It is due at %s, after its deadline", seen.dueAt());
			this.complaints.unless(!seen.dueAt().isAfter(now.plus(LONGEST_WAIT)), "It is due at %s, which is too late",
					seen.dueAt());
		}
	}

	private void same(String what, Object expected, Object actual) {
		this.complaints.unless(Objects.equals(expected, actual), "Run %s: %s is%n      %s%n    and not%n      %s",
				this.id, what, actual, expected);
	}

}
