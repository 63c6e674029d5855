package dev.distributeimage.run;

/** Types of events in a run's history. */
public enum EventType {

	/** The request was stored. */
	ACCEPTED,

	/** The run reached a step. */
	STEP_BEGUN,

	/** A call failed. The first 200 per step are kept; later ones are only counted. */
	CALL_FAILED,

	/** The step ended. */
	STEP_ENDED,

	/**
	 * A poll showed a new status, reason or output, or was the first to succeed after
	 * failed calls.
	 */
	IMAGE_STATUS,

	/** A caller requested a cancel. */
	CANCEL_REQUESTED,

	/** A caller requested a retry. */
	RETRY_REQUESTED,

	/** The run ended. */
	ENDED,

	/**
	 * The removal of the run's distribution configuration was requested: by a caller, or
	 * by the operator's settings.
	 */
	REMOVAL_REQUESTED,

	/** The distribution configuration is gone. */
	CONFIGURATION_REMOVED,

	/** The distribution configuration stays, although its removal was requested. */
	REMOVAL_GIVEN_UP

}
