package dev.distributeimage.run;

/** What can happen to a run. */
public enum EventType {

	/** The request was stored. */
	ACCEPTED,

	/** The run has come to a step. */
	STEP_BEGUN,

	/** A call of the step failed. Kept for the first 200 of a step, then only counted. */
	CALL_FAILED,

	/** The step has what it was for. */
	STEP_ENDED,

	/**
	 * The image was seen with another status, reason or output, or again after calls that
	 * failed.
	 */
	IMAGE_STATUS,

	/** A caller asked for the run to be cancelled. */
	CANCEL_REQUESTED,

	/** A caller asked for the run to be taken up again. */
	RETRY_REQUESTED,

	/** The run has ended. */
	ENDED

}
