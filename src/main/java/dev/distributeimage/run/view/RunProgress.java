package dev.distributeimage.run.view;

import java.util.UUID;

import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import org.jspecify.annotations.Nullable;

/**
 * The part of a run that callers can wait for.
 *
 * @param imageStatus AWS's word for the image, as last seen
 * @param lastEvent the sequence of the last event
 */
public record RunProgress(UUID id, RunStatus status, StepId step, @Nullable String imageStatus, long lastEvent) {

	/** Whether the run has ended. */
	public boolean hasEnded() {
		return this.status != RunStatus.RUNNING;
	}

	/** Whether status, step and image status are the same, whatever the last event. */
	public boolean isLike(RunProgress other) {
		return equals(new RunProgress(other.id, other.status, other.step, other.imageStatus, this.lastEvent));
	}

}
