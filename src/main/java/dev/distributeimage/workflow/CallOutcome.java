package dev.distributeimage.workflow;

/** The outcome of a worker's attempt to call AWS. */
enum CallOutcome {

	/** AWS answered, possibly with an error. */
	ANSWERED,

	/** AWS did not answer in time. */
	TIMED_OUT,

	/** No call was made. */
	NOT_CALLED

}
