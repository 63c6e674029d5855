package dev.distributeimage.page;

import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.view.RunSnapshot;

/**
 * A status by word and shape.
 *
 * @param kind names its shape and its colour
 */
record Status(String word, String kind) {

	static Status of(RunSnapshot run) {
		return (run.status() == RunStatus.RUNNING && run.cancelRequestedAt() != null)
				? new Status("Cancelling", "running") : of(run.status());
	}

	static Status of(RunStatus status) {
		return switch (status) {
			case RUNNING -> new Status("Running", "running");
			case SUCCEEDED -> new Status("Succeeded", "good");
			case FAILED -> new Status("Failed", "bad");
			case CANCELLED -> new Status("Cancelled", "off");
			case TIMED_OUT -> new Status("Timed out", "late");
		};
	}

}
