package dev.distributeimage.workflow;

/** The outcome of a worker's attempt to call AWS. */
enum CallOutcome {

	/** The step was carried out, or failed otherwise than by a timeout. */
	ANSWERED,

	/** A call timed out. */
	TIMED_OUT,

	/** STS did not answer before the call, which says nothing about the Region. */
	STS_UNANSWERED,

	/** No call was made. */
	NOT_CALLED

}
