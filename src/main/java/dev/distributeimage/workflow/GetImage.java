package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.Objects;

import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.ClientTokens;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.ImageRequest;
import dev.distributeimage.run.Run;
import io.micrometer.core.instrument.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import dev.distributeimage.workflow.pace.Backoff;
import dev.distributeimage.workflow.pace.PollSchedule;

/**
 * Polls the image. Carried out twice it shows the image twice. Two polls of a run are
 * never closer than the poll interval, also when the first has failed.
 * <p>
 * What callers ask of the image comes first: CancelImageCreation once, or what a retry
 * needs. Carried out twice these send the same token, to which AWS answers as before.
 */
public record GetImage(ImageBuilder imageBuilder, Backoff backoff, PollSchedule schedule,
		Counter unknownStatuses) implements Step {

	private static final String CANCEL_IMAGE_CREATION = "CancelImageCreation";

	private static final Logger logger = LoggerFactory.getLogger(GetImage.class);

	@Override
	public void carryOut(Claim claim) {
		Run run = claim.run();
		switch (callOf(run)) {
			case POLL -> poll(run);
			case CANCEL -> cancel(run);
			case DROP_REQUEST -> run.imageRequestDropped();
			case ASK_FOR_BUILD -> askForBuild(run);
			case RETRY -> retry(run);
		}
	}

	@Override
	public void failed(Run run, ImageBuilderException ex, Backoff backoff) {
		Duration nextPoll = backoff.pollAfter(ex, run);
		switch (callOf(run)) {
			case POLL -> pollFailed(run, ex, nextPoll);
			case CANCEL -> cancelFailed(run, ex, nextPoll);
			case ASK_FOR_BUILD, RETRY, DROP_REQUEST -> requestFailed(run, ex, backoff.after(ex, run), nextPoll);
		}
	}

	/** What is to be called now. */
	private enum Call {

		/** GetImage. */
		POLL,

		/** CancelImageCreation. */
		CANCEL,

		/**
		 * Nothing: what a retry would have asked is not asked of a run that is cancelled.
		 */
		DROP_REQUEST,

		/** ListWorkflowExecutions. */
		ASK_FOR_BUILD,

		/** RetryImage. */
		RETRY

	}

	// A CancelImageCreation that fails takes turns with polls, which see how it ends.
	private static Call callOf(Run run) {
		if (run.imageRequest() != null) {
			return callOf(run, run.imageRequest());
		}
		return (run.isCancelDue() && !hasFailedToCancel(run)) ? Call.CANCEL : Call.POLL;
	}

	// A RetryImage that may have been carried out is repeated before the image is
	// cancelled. Past its deadline a run asks for nothing more.
	private static Call callOf(Run run, ImageRequest request) {
		boolean retryDoubtful = run.unansweredSince() != null;
		if (run.isOverdue()) {
			return Call.POLL;
		}
		if (run.isCancelDue() && !retryDoubtful) {
			return Call.DROP_REQUEST;
		}
		return (request == ImageRequest.RETRY_IMAGE) ? Call.RETRY : Call.ASK_FOR_BUILD;
	}

	private static boolean hasFailedToCancel(Run run) {
		return run.failure() != null && run.failure().operation().equals(CANCEL_IMAGE_CREATION);
	}

	private void poll(Run run) {
		Image image = this.imageBuilder.getImage(arn(run));
		if (!image.hasKnownStatus()) {
			this.unknownStatuses.increment();
			warnWhenNew(run, image);
		}
		run.imageSeen(image, this.schedule.after(run, image));
	}

	private static void pollFailed(Run run, ImageBuilderException ex, Duration nextPoll) {
		Failure failure = Step.failure(run, ex);
		if (ex.isNotFound()) {
			run.imageMissed(failure, nextPoll);
		}
		else if (ex.remedy() == Remedy.GIVE_UP) {
			run.callRefused(failure);
		}
		else {
			run.callFailed(failure, ex.certainty(), nextPoll);
		}
	}

	// Whatever comes of a cancel, the next call is a poll.
	private static void cancelFailed(Run run, ImageBuilderException ex, Duration nextPoll) {
		Failure failure = Step.failure(run, ex);
		if (ex.remedy() == Remedy.GIVE_UP) {
			run.imageCancelRefused(failure, nextPoll);
		}
		else {
			run.imageRequestFailed(failure, ex.certainty(), nextPoll);
		}
	}

	private static void requestFailed(Run run, ImageBuilderException ex, Duration soon, Duration nextPoll) {
		Failure failure = Step.failure(run, ex);
		if (ex.remedy() != Remedy.GIVE_UP) {
			run.imageRequestFailed(failure, ex.certainty(), soon);
		}
		else if (run.unansweredSince() != null) {
			run.imageRetryDoubtful(failure, nextPoll);
		}
		else {
			run.imageToBeRebuilt(ClientTokens.next());
		}
	}

	private void cancel(Run run) {
		this.imageBuilder.cancelImageCreation(arn(run), Objects.requireNonNull(run.cancelToken()));
		run.imageCancelAccepted(this.backoff.poll());
	}

	private void askForBuild(Run run) {
		if (this.imageBuilder.isBuildCompleted(arn(run))) {
			run.buildFoundCompleted();
		}
		else {
			run.imageToBeRebuilt(ClientTokens.next());
		}
	}

	private void retry(Run run) {
		this.imageBuilder.retryImage(arn(run), Objects.requireNonNull(run.retryImageToken()));
		run.imageRetried(this.backoff.poll());
	}

	private static String arn(Run run) {
		return Objects.requireNonNull(run.imageBuildVersionArn());
	}

	private static void warnWhenNew(Run run, Image image) {
		Image before = run.image();
		if (before == null || !Objects.equals(before.status(), image.status())) {
			logger.warn("Image {} has a status that is not known here: {}", run.imageBuildVersionArn(), image.status());
		}
	}

}
