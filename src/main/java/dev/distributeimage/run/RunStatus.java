package dev.distributeimage.run;

/** The status of a run, as opposed to the status that AWS gives its image. */
public enum RunStatus {

	/** The engine is working on the run. */
	RUNNING,

	/** The image became available. */
	SUCCEEDED,

	/** The image failed or was deleted, or AWS refused a call permanently. */
	FAILED,

	/** The image was cancelled, or the run was cancelled before it had one. */
	CANCELLED,

	/** The deadline passed first; an image that was requested continues to build. */
	TIMED_OUT

}
