package dev.distributeimage.run;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/** The stored values of a run, without its id and place. */
public record RunValues(Progress progress, Outputs outputs, Calls calls, ImageWatch image, Cancel cancel, Retry retry,
		Tokens tokens) {

	RunValues with(Progress other) {
		return new RunValues(other, this.outputs, this.calls, this.image, this.cancel, this.retry, this.tokens);
	}

	RunValues with(Outputs other) {
		return new RunValues(this.progress, other, this.calls, this.image, this.cancel, this.retry, this.tokens);
	}

	RunValues with(Calls other) {
		return new RunValues(this.progress, this.outputs, other, this.image, this.cancel, this.retry, this.tokens);
	}

	RunValues with(ImageWatch other) {
		return new RunValues(this.progress, this.outputs, this.calls, other, this.cancel, this.retry, this.tokens);
	}

	RunValues with(Cancel other) {
		return new RunValues(this.progress, this.outputs, this.calls, this.image, other, this.retry, this.tokens);
	}

	RunValues with(Retry other) {
		return new RunValues(this.progress, this.outputs, this.calls, this.image, this.cancel, other, this.tokens);
	}

	RunValues with(Tokens other) {
		return new RunValues(this.progress, this.outputs, this.calls, this.image, this.cancel, this.retry, other);
	}

	/** Moves the run to the first call of a step. */
	RunValues begun(StepId step) {
		return with(this.progress.at(step)).with(Calls.NONE).with(this.image.notMissed());
	}

	/** Moves the run back to the request for its image, with a new token. */
	RunValues rebuilding() {
		return with(this.outputs.withImage(null)).with(this.image.forgotten())
			.with(this.retry.withNextCall(null))
			.with(this.tokens.withNewCreateImage())
			.begun(this.progress.workflow().imageStep());
	}

	/**
	 * Resumes the ended run.
	 * <p>
	 * <b>A create keeps its token unless the token is spent</b>: it has made an image, or
	 * AWS has answered it with IdempotentParameterMismatch. The new token is stored
	 * together with the retry, so a late send of the old one is a replay and never a
	 * second build.
	 */
	RunValues retried(RetryAction action, Instant deadline, Instant now, @Nullable String by) {
		if (isToBeConfiguredAgain(action)) {
			return configuredAgain(deadline, now, by);
		}
		boolean imageAbandoned = action.step().requestsImage() && this.outputs.imageBuildVersionArn() != null;
		boolean tokenSpent = imageAbandoned || (action.creates() && hasParameterMismatch());
		Calls newCalls = tokenSpent ? Calls.NONE
				: Calls.NONE.unanswered(this.calls.unansweredSince()).unanswered(lostRetryImage(action));
		Outputs kept = action.creates() ? this.outputs.withImage(null) : this.outputs;
		return with(this.progress.resumed(action.step(), deadline)).with(newCalls)
			.with(kept.withFinalStatus(null))
			.with(action.creates() ? ImageWatch.NONE : this.image.notMissed().withoutStaleEnd())
			.with(Cancel.NONE)
			.with(this.retry.withAttempt(new PastAttempt(now, by, action, this.outputs, this.progress.status()),
					nextCallOf(action), retryImageToken(action)))
			.with(tokenSpent ? newToken(action) : this.tokens);
	}

	/** A run that has a configuration begins with another one if that was removed. */
	private boolean isToBeConfiguredAgain(RetryAction action) {
		return action == RetryAction.CREATE_DISTRIBUTION_CONFIGURATION
				&& this.outputs.distributionConfigurationArn() != null;
	}

	// The tokens have made a configuration, and may have made an image: AWS would answer
	// with what is gone.
	private RunValues configuredAgain(Instant deadline, Instant now, @Nullable String by) {
		RetryAction action = RetryAction.CREATE_DISTRIBUTION_CONFIGURATION;
		return with(this.progress.resumed(action.step(), deadline)).with(Calls.NONE)
			.with(Outputs.NONE)
			.with(ImageWatch.NONE)
			.with(Cancel.NONE)
			.with(this.retry.withAttempt(new PastAttempt(now, by, action, this.outputs, this.progress.status()), null,
					null))
			.with(this.tokens.withNewCreateDistributionConfiguration().withNewCreateImage());
	}

	private boolean hasParameterMismatch() {
		return this.calls.last() != null && "IdempotentParameterMismatchException".equals(this.calls.last().code());
	}

	private Tokens newToken(RetryAction action) {
		return action.step().requestsImage() ? this.tokens.withNewCreateImage()
				: this.tokens.withNewCreateDistributionConfiguration();
	}

	private @Nullable RetryCall nextCallOf(RetryAction action) {
		if (action != RetryAction.RETRY_IMAGE) {
			return null;
		}
		return this.image.built() ? RetryCall.RETRY_IMAGE : RetryCall.LIST_WORKFLOW_EXECUTIONS;
	}

	// The first retry after a restore may repeat a lost one, whose RetryImage must not be
	// followed by a rebuild when AWS refuses it.
	private @Nullable Instant lostRetryImage(RetryAction action) {
		Instant lost = this.tokens.lostSince();
		boolean first = lost != null && this.retry.past().stream().noneMatch((attempt) -> attempt.at().isAfter(lost));
		return (first && action == RetryAction.RETRY_IMAGE) ? lost : null;
	}

	// A RetryImage that AWS may have carried out is repeated with its own token.
	private @Nullable String retryImageToken(RetryAction action) {
		if (this.calls.unansweredSince() != null && this.retry.token() != null) {
			return this.retry.token();
		}
		return (action == RetryAction.RETRY_IMAGE)
				? ClientTokens.ofRetry(this.tokens.createImage(), this.retry.past().size() + 1) : null;
	}

	/** Resumes the timed-out run until AWS reports how its image ended. */
	RunValues cancelling(Instant deadline, Instant now) {
		return with(this.progress.resumed(this.progress.step(), deadline)).with(this.calls.answered())
			.with(this.outputs.withFinalStatus(null))
			.with(this.image.notMissed())
			.with(new Cancel(now, ClientTokens.next(), false));
	}

	/** Whether the next call is only a poll, which nobody waits for. */
	public boolean isOnlyToBePolled() {
		return this.progress.step() == StepId.GET_IMAGE && this.retry.nextCall() == null && !this.cancel.isDue();
	}

	/**
	 * Whether the next call creates something in AWS: a configuration, an image, or the
	 * later phases of one. Then a lost answer matters. The claim statement asks the same.
	 */
	boolean createsSomething() {
		return this.progress.step() != StepId.GET_IMAGE || this.retry.nextCall() == RetryCall.RETRY_IMAGE;
	}

	/**
	 * Returns the time since which AWS may have carried out the current create without
	 * this service knowing: an attempt is unanswered, or a restore has lost it. Null if
	 * neither is the case.
	 */
	public @Nullable Instant uncertainSince() {
		Instant unanswered = this.calls.unansweredSince();
		Instant lost = this.tokens.lostSince();
		return (lost == null || (unanswered != null && unanswered.isBefore(lost))) ? unanswered : lost;
	}

	/** Whether a cancel is requested and AWS has certainly built nothing. */
	public boolean isCancelledBeforeBuild() {
		return this.cancel.isDue() && switch (this.progress.step()) {
			case CREATE_DISTRIBUTION_CONFIGURATION -> this.tokens.lostSince() == null;
			case CREATE_IMAGE, DISTRIBUTE_IMAGE -> uncertainSince() == null;
			case GET_IMAGE -> false;
		};
	}

	/**
	 * Returns why the ended run no longer needs the configuration and the AMIs that it
	 * created. Null while the run is in flight, or while its image may still be made:
	 * then it needs them.
	 */
	public @Nullable LeftoverReason leftoverReason() {
		return switch (this.progress.status()) {
			case RUNNING -> null;
			case SUCCEEDED -> LeftoverReason.SUPERSEDED;
			case CANCELLED -> isSettled() ? LeftoverReason.RUN_CANCELLED : null;
			case FAILED, TIMED_OUT -> isSettled() ? reasonOfFailure() : null;
		};
	}

	private LeftoverReason reasonOfFailure() {
		return (this.progress.step() == StepId.GET_IMAGE) ? LeftoverReason.IMAGE_FAILED
				: LeftoverReason.CREATE_IMAGE_FAILED;
	}

	/** Whether it is certain that no image of the ended run is being made. */
	private boolean isSettled() {
		if (this.progress.step() != StepId.GET_IMAGE) {
			return uncertainSince() == null;
		}
		String end = String.valueOf(this.outputs.finalStatus());
		return switch (end) {
			case "DELETED" -> true;
			case "FAILED", "CANCELLED" -> this.image.stale() == null && this.progress.status() != RunStatus.TIMED_OUT;
			default -> false;
		};
	}

	/** Whether the run has timed out and its image may still be building. */
	public boolean mayStillBuild() {
		return this.progress.status() == RunStatus.TIMED_OUT && this.progress.step()
			.mayHaveAnImage(this.outputs.imageBuildVersionArn(), this.tokens.lostSince(), this.calls.unansweredSince());
	}

}
