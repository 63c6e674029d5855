package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.Objects;

import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.LastImage;
import dev.distributeimage.run.RetryCall;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.workflow.pace.Backoff;
import dev.distributeimage.workflow.pace.PollSchedule;
import io.micrometer.core.instrument.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls the image. A repeat is harmless: a poll changes nothing. Two polls of a run are
 * never closer than the poll interval less its jitter of 10 %, even if the first one
 * failed.
 * <p>
 * Callers' requests go first: the calls of a retry, or CancelImageCreation, which takes
 * turns with polls once it has failed. A repeat of these is harmless: it sends the same
 * token, and AWS answers as before.
 */
record GetImage(ImageBuilder imageBuilder, Duration attemptTimeout, Backoff backoff, PollSchedule schedule,
		Counter unknownStatuses) implements Step {

	private static final String CANCEL_IMAGE_CREATION = "CancelImageCreation";

	private static final Logger logger = LoggerFactory.getLogger(GetImage.class);

	@Override
	public void carryOut(Claim claim) {
		switch (callOf(claim)) {
			case POLL -> poll(claim);
			case CANCEL -> cancel(claim);
			case DROP_RETRY -> claim.run().retryDropped();
			case CHECK_BUILD -> checkBuild(claim);
			case RETRY -> retry(claim);
		}
	}

	@Override
	public void failed(Claim claim, ImageBuilderException ex) {
		Duration nextPoll = this.backoff.pollAfter(ex, claim.run());
		switch (callOf(claim)) {
			case POLL -> pollFailed(claim, ex, nextPoll);
			case CANCEL -> cancelFailed(claim, ex, nextPoll);
			case CHECK_BUILD, RETRY, DROP_RETRY -> retryFailed(claim, ex, nextPoll);
		}
	}

	/** The call to make now. */
	private enum Call {

		/** GetImage. */
		POLL,

		/** CancelImageCreation. */
		CANCEL,

		/** No call: the run is cancelled, so its retry is dropped. */
		DROP_RETRY,

		/** ListWorkflowExecutions. */
		CHECK_BUILD,

		/** RetryImage. */
		RETRY

	}

	// A failed CancelImageCreation alternates with polls, which show how the image ends.
	private static Call callOf(Claim claim) {
		Run run = claim.run();
		if (run.retry().nextCall() != null) {
			return callOf(claim, run.retry().nextCall());
		}
		return (run.cancel().isDue() && !hasFailedToCancel(run)) ? Call.CANCEL : Call.POLL;
	}

	// A RetryImage that AWS may have carried out is repeated before the image is
	// cancelled. Past the deadline the retry calls nothing: the run is polled.
	private static Call callOf(Claim claim, RetryCall next) {
		Run run = claim.run();
		boolean retryUncertain = run.calls().unansweredSince() != null;
		if (run.isOverdue(claim.now())) {
			return Call.POLL;
		}
		if (run.cancel().isDue() && !retryUncertain) {
			return Call.DROP_RETRY;
		}
		return (next == RetryCall.RETRY_IMAGE) ? Call.RETRY : Call.CHECK_BUILD;
	}

	private static boolean hasFailedToCancel(Run run) {
		return run.calls().last() != null && run.calls().last().operation().equals(CANCEL_IMAGE_CREATION);
	}

	private void poll(Claim claim) {
		Run run = claim.run();
		Image image = this.imageBuilder.getImage(arn(run));
		if (!image.hasKnownStatus()) {
			this.unknownStatuses.increment();
			warnWhenNew(run, image);
		}
		run.imageSeen(image, this.schedule.after(run, image, claim.now()), claim.now());
	}

	private static void pollFailed(Claim claim, ImageBuilderException ex, Duration nextPoll) {
		Run run = claim.run();
		Failure failure = Step.failure(run, ex);
		if (ex.isNotFound()) {
			run.imageMissed(failure, nextPoll, claim.now());
		}
		else if (ex.remedy() == Remedy.GIVE_UP) {
			run.callRefused(failure, claim.now());
		}
		else {
			run.callFailed(failure, claim.unansweredSince(ex.certainty()), nextPoll, claim.now());
		}
	}

	// A poll always follows a failed cancel.
	private static void cancelFailed(Claim claim, ImageBuilderException ex, Duration nextPoll) {
		Run run = claim.run();
		Failure failure = Step.failure(run, ex);
		if (ex.remedy() == Remedy.GIVE_UP) {
			run.imageCancelRefused(failure, nextPoll);
		}
		else {
			run.imageCallFailed(failure, claim.unansweredSince(ex.certainty()), nextPoll);
		}
	}

	private void retryFailed(Claim claim, ImageBuilderException ex, Duration nextPoll) {
		Run run = claim.run();
		Failure failure = Step.failure(run, ex);
		if (ex.remedy() != Remedy.GIVE_UP) {
			run.imageCallFailed(failure, claim.unansweredSince(ex.certainty()), this.backoff.after(ex, run));
		}
		else if (run.calls().unansweredSince() != null) {
			run.imageRetryUncertain(failure, nextPoll, claim.now());
		}
		else {
			run.imageRetryRefused(failure);
		}
	}

	private void cancel(Claim claim) {
		Run run = claim.run();
		this.imageBuilder.cancelImageCreation(run.id(), arn(run), Objects.requireNonNull(run.cancel().token()));
		run.imageCancelAccepted(this.backoff.poll(), claim.now());
	}

	private void checkBuild(Claim claim) {
		Run run = claim.run();
		if (this.imageBuilder.isBuildCompleted(arn(run), () -> claim.hasTimeForACall(this.attemptTimeout))) {
			run.buildFoundCompleted();
		}
		else {
			run.rebuildRequested();
		}
	}

	private void retry(Claim claim) {
		Run run = claim.run();
		this.imageBuilder.retryImage(run.id(), arn(run), Objects.requireNonNull(run.retry().token()));
		run.imageRetried(this.backoff.poll(), claim.now());
	}

	private static String arn(Run run) {
		return Objects.requireNonNull(run.outputs().imageBuildVersionArn());
	}

	private static void warnWhenNew(Run run, Image image) {
		LastImage before = run.image().last();
		if (before == null || !Objects.equals(before.status(), image.status())) {
			logger.warn("Image {} has an unknown status: {}", run.outputs().imageBuildVersionArn(), image.status());
		}
	}

}
