package dev.distributeimage.workflow;

/** Whether AWS was there when a worker wanted to call it. */
enum CallOutcome {

	/** It answered, be it with an error. */
	ANSWERED,

	/** It did not answer in time. */
	TIMED_OUT,

	/** It was not called. */
	NOT_CALLED

}
