package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

import dev.distributeimage.run.Image;
import dev.distributeimage.run.RetryAction;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.intake.CancelResult;
import dev.distributeimage.workflow.Observation.Kind;
import org.jspecify.annotations.NullUnmarked;

import static dev.distributeimage.run.StepId.CREATE_DISTRIBUTION_CONFIGURATION;
import static dev.distributeimage.run.StepId.CREATE_IMAGE;
import static dev.distributeimage.run.StepId.DISTRIBUTE_IMAGE;
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

	private static final Duration DISBELIEF = Duration.ofMinutes(5);

	private static final Duration TOKEN_TRUSTED = Duration.ofHours(1);

	private static final Set<String> AFTER_BUILD = Set.of("TESTING", "DISTRIBUTING", "INTEGRATING");

	private static final Map<String, RunStatus> ENDS = Map.of("AVAILABLE", RunStatus.SUCCEEDED, "DEPRECATED",
			RunStatus.SUCCEEDED, "DISABLED", RunStatus.SUCCEEDED, "FAILED", RunStatus.FAILED, "DELETED",
			RunStatus.FAILED, "CANCELLED", RunStatus.CANCELLED);

	/** The calls that a retried run still makes about its image. */
	private enum Wish {

		NONE, TO_KNOW_WHETHER_BUILT, TO_BE_RETRIED

	}

	final UUID id;

	private final String name;

	private final Duration deadlineAfter;

	private final List<ExpectedRun> all;

	private final Complaints complaints;

	private final List<String> events = new ArrayList<>();

	/** The token that calls have now, and earlier ones, by operation. */
	private final Map<String, String> tokens = new HashMap<>();

	private final Set<String> used = new HashSet<>();

	private Instant deadline;

	RunStatus status = RunStatus.RUNNING;

	private StepId step = CREATE_DISTRIBUTION_CONFIGURATION;

	private String configurationArn;

	String imageArn;

	private Image image;

	private String finalStatus;

	private String failure;

	private int attempts;

	private int missed;

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

	private boolean lookedFor;

	private AwsCall nameTaken;

	private boolean holderAtWork;

	private boolean holderLost;

	private Wish wish = Wish.NONE;

	private boolean built;

	private String disbelieved;

	private Instant staleEndUntil;

	private Instant notBefore;

	/**
	 * AWS refused the search for the image, or an earlier image has gone: two may be
	 * built.
	 */
	boolean mayBuildTwice;

	ExpectedRun(UUID id, String name, String token, Duration deadlineAfter, Instant now, List<ExpectedRun> all,
			Complaints complaints) {
		this.id = id;
		this.name = name;
		this.deadlineAfter = deadlineAfter;
		this.deadline = now.plus(deadlineAfter);
		this.all = all;
		this.complaints = complaints;
		this.tokens.put("CreateDistributionConfiguration", token);
		this.tokens.put("CreateImage", token);
		note("ACCEPTED");
		note("STEP_BEGUN");
	}

	// Callers' requests.

	Class<? extends CancelResult> cancelled(Instant now) {
		boolean mayBeBuilding = this.imageArn != null || (this.step == CREATE_IMAGE && this.inDoubtSince != null);
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
			this.tokens.remove("CancelImageCreation");
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
			case CREATE_IMAGE -> createsAgain(CREATE_IMAGE, "CreateImage", mismatch || this.imageArn != null);
			case DISTRIBUTE_IMAGE ->
				createsAgain(DISTRIBUTE_IMAGE, "DistributeImage", mismatch || this.imageArn != null);
			case GET_IMAGE -> this.wish = Wish.NONE;
			case RETRY_IMAGE -> {
				this.wish = this.built ? Wish.TO_BE_RETRIED : Wish.TO_KNOW_WHETHER_BUILT;
				if (this.inDoubtSince == null) {
					this.tokens.remove("RetryImage");
				}
			}
		}
		goesOn(now);
		this.retries++;
		this.cancelAsked = false;
		this.cancelAnswered = false;
		this.disbelieved = null;
		note("RETRY_REQUESTED", action);
		note("STEP_BEGUN");
		return action;
	}

	private RetryAction retryAction() {
		if (this.step != GET_IMAGE) {
			return (this.step == CREATE_IMAGE) ? RetryAction.CREATE_IMAGE
					: RetryAction.CREATE_DISTRIBUTION_CONFIGURATION;
		}
		return switch (String.valueOf(this.finalStatus)) {
			case "DELETED" -> RetryAction.CREATE_IMAGE;
			case "FAILED", "CANCELLED" -> RetryAction.RETRY_IMAGE;
			default -> RetryAction.GET_IMAGE;
		};
	}

	private void createsAgain(StepId again, String operation, boolean tokenSpent) {
		this.step = again;
		forgetsImage();
		if (tokenSpent) {
			this.tokens.remove(operation);
			this.inDoubtSince = null;
		}
	}

	private void goesOn(Instant now) {
		this.status = RunStatus.RUNNING;
		this.deadline = now.plus(this.deadlineAfter);
		this.finalStatus = null;
		this.failure = null;
		this.attempts = 0;
		this.missed = 0;
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
		this.cancelKnown = this.cancelAsked;
		resolveTakenName(false);
	}

	/** Whether this is the second call of the worker that holds the run. */
	boolean goesOnWith(String operation) {
		return operation.equals("GetDistributionConfiguration") || (operation.equals("CreateImage") && this.lookedFor);
	}

	/** The worker that claimed the run then is dead or late. */
	void lost(Instant takenAt) {
		this.lostSince = takenAt;
		this.lookedFor = false;
	}

	/** The late worker has reported before another one claimed the run. */
	void reported() {
		this.lostSince = null;
	}

	/** A call begins. */
	void calls(String operation, String token, Instant at) {
		boolean certain = this.inDoubtSince == null;
		boolean late = !certain && this.inDoubtSince.plus(TOKEN_TRUSTED).isBefore(at);
		boolean asked = this.cancelKnown && !this.cancelAnswered;
		boolean allowed = this.status == RunStatus.RUNNING && switch (operation) {
			case "CreateDistributionConfiguration" -> isAt(CREATE_DISTRIBUTION_CONFIGURATION, at) && !asked;
			case "GetDistributionConfiguration" -> isAt(CREATE_DISTRIBUTION_CONFIGURATION, at) && !certain;
			case "ListImageBuildVersions" -> isAt(CREATE_IMAGE, at) && late;
			case "CreateImage" -> isAt(CREATE_IMAGE, at) && !(asked && certain) && (!late || this.lookedFor);
			case "GetImage" -> this.step == GET_IMAGE && mayPoll(asked, certain, at);
			case "CancelImageCreation" -> this.step == GET_IMAGE && asked && !this.cancelJustFailed;
			case "ListWorkflowExecutions" -> isAt(GET_IMAGE, at) && this.wish == Wish.TO_KNOW_WHETHER_BUILT;
			case "RetryImage" -> isAt(GET_IMAGE, at) && this.wish == Wish.TO_BE_RETRIED && !(asked && certain);
			default -> false;
		};
		this.complaints.unless(allowed, "%s may not be called now", operation);
		this.lookedFor |= operation.equals("ListImageBuildVersions");
		boolean early = this.notBefore != null && at.isBefore(this.notBefore) && at.isBefore(this.deadline);
		this.complaints.unless(!early, "%s is called at %s, not before %s is right", operation, at, this.notBefore);
		if (token != null) {
			hasToken(operation, token);
		}
	}

	// Every repeat of a call has the token of the first. After a token is spent, the next
	// one is new among calls of its kind.
	private void hasToken(String operation, String token) {
		String right = this.tokens.get(operation);
		if (right == null) {
			this.complaints.unless(!this.used.contains(operation + token), "%s has an old token", operation);
			right = token;
		}
		this.complaints.unless(token.equals(right), "%s has the token %s instead of %s", operation, token, right);
		this.tokens.put(operation, right);
		this.used.add(operation + token);
	}

	// A cancel goes first, and alternates with polls while it fails. The calls of a retry
	// go before polls, unless the run is cancelled or overdue.
	private boolean mayPoll(boolean asked, boolean certain, Instant at) {
		if (this.wish != Wish.NONE) {
			return !at.isBefore(this.deadline) || (asked && certain);
		}
		return !asked || this.cancelJustFailed;
	}

	/** Whether this token was ever used for a CreateImage of this run. */
	boolean built(String token) {
		return this.used.contains("CreateImage" + token);
	}

	/** The token with which its image must have been created. */
	String imageToken() {
		return this.tokens.get("CreateImage");
	}

	private boolean isAt(StepId other, Instant at) {
		return this.step == other && at.isBefore(this.deadline);
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
		this.cancelJustFailed = call.operation().equals("CancelImageCreation") && !call.observation().is(Kind.DONE);
		switch (call.operation()) {
			case "CreateDistributionConfiguration" -> hearsOfConfiguration(call);
			case "GetDistributionConfiguration" -> hearsWhoseConfigurationItIs(call);
			case "ListImageBuildVersions" -> hearsWhetherThereIsAnImage(call);
			case "CreateImage" -> {
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
			return isOld(call) || !ENDS.containsKey(String.valueOf(call.image().status()));
		}
		return !call.observation().says("ResourceNotFoundException") || this.missed < 2;
	}

	private void hearsOfConfiguration(AwsCall call) {
		boolean taken = call.observation().says("ResourceAlreadyExistsException");
		if (call.observation().is(Kind.DONE)) {
			configurationCreated(call.arn());
		}
		else if (taken && this.inDoubtSince != null && !isTakenByAnotherRun()) {
			this.nameTaken = call;
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
		return this.all.stream().filter((other) -> other != this && other.name.equals(this.name));
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
		begins(CREATE_IMAGE);
	}

	private void hearsWhetherThereIsAnImage(AwsCall call) {
		if (call.arn() != null) {
			imageRequested(call.arn());
		}
		else if (call.observation().is(Kind.NEVER)) {
			note("CALL_FAILED", call.failing(), call.observation().code());
		}
		else if (!call.observation().is(Kind.DONE)) {
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
			ends(RunStatus.TIMED_OUT, lastStatus());
		}
	}

	private void sees(AwsCall call) {
		Image seen = call.image();
		if (!seen.equals(this.image) || this.failure != null) {
			note("IMAGE_STATUS", seen.status());
		}
		this.image = seen;
		this.attempts = 0;
		this.missed = 0;
		this.failure = null;
		this.built |= AFTER_BUILD.contains(String.valueOf(seen.status()));
		if (isOld(call)) {
			return;
		}
		this.disbelieved = null;
		RunStatus end = ENDS.get(String.valueOf(seen.status()));
		if (end != null) {
			note("STEP_ENDED");
			ends(end, seen.status());
		}
	}

	/** Whether it shows a final status that a cancel or a retry has made stale. */
	private boolean isOld(AwsCall call) {
		return this.disbelieved != null && this.disbelieved.equals(call.image().status())
				&& call.claimedAt().isBefore(this.staleEndUntil);
	}

	private void misses(AwsCall call) {
		if (!call.observation().says("ResourceNotFoundException")) {
			this.missed = (call.observation().code() != null) ? 0 : this.missed;
			failed(call);
			return;
		}
		failedForNow(call);
		this.missed++;
		if (this.missed == 3) {
			ends(RunStatus.FAILED, "DELETED");
		}
	}

	private void hearsOfCancel(AwsCall call) {
		if (call.observation().is(Kind.DONE)) {
			this.attempts = 0;
			this.failure = null;
			disbelievesTheEndSeen(call);
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
		else if (call.observation().is(Kind.NEVER) || (!retry && call.observation().is(Kind.DONE) && !call.isSo())) {
			rebuilds();
		}
		else if (!call.observation().is(Kind.DONE)) {
			failedForNow(call);
		}
		else if (retry) {
			this.attempts = 0;
			this.failure = null;
			retryIsOver(call);
		}
		else {
			this.attempts = 0;
			this.failure = null;
			this.built = true;
			this.wish = Wish.TO_BE_RETRIED;
		}
	}

	private void retryIsOver(AwsCall call) {
		this.wish = Wish.NONE;
		this.inDoubtSince = null;
		this.notBefore = call.at().plus(LEAST_BETWEEN_POLLS);
		disbelievesTheEndSeen(call);
	}

	private void rebuilds() {
		note("STEP_ENDED");
		this.tokens.remove("CreateImage");
		forgetsImage();
		begins(CREATE_IMAGE);
	}

	private void forgetsImage() {
		this.imageArn = null;
		this.image = null;
		this.built = false;
		this.wish = Wish.NONE;
	}

	private void disbelievesTheEndSeen(AwsCall call) {
		if (ENDS.containsKey(String.valueOf(lastStatus()))) {
			this.disbelieved = lastStatus();
			this.staleEndUntil = call.claimedAt().plus(DISBELIEF);
		}
	}

	private void begins(StepId next) {
		this.step = next;
		this.attempts = 0;
		this.missed = 0;
		this.failure = null;
		this.inDoubtSince = null;
		this.lookedFor = false;
		note("STEP_BEGUN");
	}

	private void failed(AwsCall call) {
		failedForNow(call);
		if (call.observation().is(Kind.NEVER)) {
			boolean overdue = !call.at().isBefore(this.deadline);
			ends(overdue ? RunStatus.TIMED_OUT : RunStatus.FAILED, lastStatus());
		}
	}

	private void failedForNow(AwsCall call) {
		this.attempts++;
		this.failure = call.failing() + " " + call.observation().code();
		this.lookedFor = false;
		note("CALL_FAILED", call.failing(), call.observation().code());
		Instant soonest = call.at().plus(call.observation().is(Kind.SLOWLY) ? LEAST_SLOW_BACKOFF : LEAST_BACKOFF);
		if (this.notBefore == null || this.notBefore.isBefore(soonest)) {
			this.notBefore = soonest;
		}
		if (call.observation().is(Kind.UNSURE) && creates() && this.inDoubtSince == null) {
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
				|| (this.step == CREATE_IMAGE && certain && !this.cancelAnswered));
	}

	private void ends(RunStatus end, String lastStatus) {
		this.status = end;
		this.finalStatus = lastStatus;
		this.notBefore = null;
		note("ENDED", end, lastStatus);
	}

	private String lastStatus() {
		return (this.image != null) ? this.image.status() : null;
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
		same("imageBuildVersionArn", this.imageArn, seen.imageArn());
		same("finalStatus", this.finalStatus, seen.finalStatus());
		same("image.status", lastStatus(), seen.imageStatus());
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
