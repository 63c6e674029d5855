package dev.distributeimage.page;

import java.util.Objects;
import java.util.Set;

import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.view.RunSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * The next call of a run that is in progress.
 *
 * @param what the run waits for
 * @param at when the call is due; null while a worker has the run
 */
record NextCall(String what, @Nullable Moment at) {

	/** Ends of an image from which a retry goes on. */
	private static final Set<String> RETRIED = Set.of("FAILED", "CANCELLED");

	static NextCall of(RunSnapshot run) {
		return new NextCall(what(run),
				(run.nextAttemptAt() != null) ? Moment.due(run.nextAttemptAt(), run.readAt()) : null);
	}

	private static String what(RunSnapshot run) {
		Failure failure = run.failure();
		if (run.cancelRequestedAt() != null) {
			return (run.step() == StepId.GET_IMAGE) ? "Cancels the image" : "Cancels the run";
		}
		if (run.attempts() > 0 && failure != null) {
			return "Tries again: %s has failed".formatted(failure.operation());
		}
		return (run.step() == StepId.GET_IMAGE) ? what(run.image()) : "Calls " + run.step().operation();
	}

	private static String what(@Nullable Image image) {
		if (image == null) {
			return "Waits for AWS to begin the image";
		}
		String status = Objects.requireNonNullElse(image.status(), "without a status");
		return RETRIED.contains(status) ? "Has AWS go on with the image" : "Waits for AWS: the image is " + status;
	}

}
