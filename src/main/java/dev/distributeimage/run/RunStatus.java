package dev.distributeimage.run;

/** How a run stands. The status of its image is another thing: AWS's own word. */
public enum RunStatus {

	/** The poller carries the run on. */
	RUNNING,

	/** The image became available. */
	SUCCEEDED,

	/** The image failed or is gone, or AWS refused a call for good. */
	FAILED,

	/** The image was cancelled, or the run was before it had one. */
	CANCELLED,

	/** The deadline passed first; an image that was requested goes on building. */
	TIMED_OUT

}
