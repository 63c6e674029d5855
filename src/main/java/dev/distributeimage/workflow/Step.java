package dev.distributeimage.workflow;

import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Run;
import dev.distributeimage.workflow.pace.Backoff;

/**
 * A step of the workflow. A step may be carried out twice, since a worker may die after
 * its call; each says why that is harmless.
 */
sealed interface Step permits CreateDistributionConfiguration, CreateImage, GetImage {

	/**
	 * Makes the step's call and moves the run on.
	 * @throws ImageBuilderException if the call failed; the run is as it was
	 */
	void carryOut(Claim claim);

	/** Moves the run on after a call that failed. */
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

	/** How long to wait after a call that failed. */
	Backoff backoff();

	static Failure failure(Run run, ImageBuilderException ex) {
		return new Failure(run.step(), ex.operation(), ex.code(), ex.message(), ex.requestId());
	}

}
