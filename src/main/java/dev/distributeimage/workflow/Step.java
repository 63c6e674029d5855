package dev.distributeimage.workflow;

import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.workflow.pace.Backoff;
import org.slf4j.Logger;

/**
 * A step of the workflow. A worker may die after its call, so a step may be carried out
 * twice; each one documents why that is harmless.
 */
sealed interface Step permits CreateDistributionConfiguration, CreateImage, GetImage {

	/**
	 * Makes the step's call and moves the run on.
	 * @throws ImageBuilderException if the step's call failed. Of the run, only look-ups
	 * that were refused may have been noted by then.
	 */
	void carryOut(Claim claim);

	/** Moves the run on after a failed call. */
	default void failed(Claim claim, ImageBuilderException ex) {
		Run run = claim.run();
		if (ex.remedy() == ImageBuilderException.Remedy.GIVE_UP) {
			run.callRefused(failure(run, ex), claim.now());
		}
		else {
			run.callFailed(failure(run, ex), claim.unansweredSince(ex.certainty()), backoff().after(ex, run),
					claim.now());
		}
	}

	/** The waits after failed calls. */
	Backoff backoff();

	/** Logs a failed call, with the whole of AWS's message. */
	static void warn(Logger logger, Run run, ImageBuilderException ex) {
		logger.warn("Run {}: {} failed: {} {}", run.id(), ex.operation(), ex.code(), ex.getMessage());
	}

	static Failure failure(Run run, ImageBuilderException ex) {
		return new Failure(run.step(), ex.operation(), ex.code(), ex.message(), ex.requestId());
	}

}
