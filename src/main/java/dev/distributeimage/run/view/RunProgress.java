package dev.distributeimage.run.view;

import java.util.UUID;

import org.jspecify.annotations.Nullable;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;

/**
 * What of a run can be waited for.
 *
 * @param imageStatus AWS's word for the image, as last seen
 * @param lastEvent the number of the last event
 */
public record RunProgress(UUID id, RunStatus status, StepId step, @Nullable String imageStatus, long lastEvent) {

	/** Whether the run has ended. */
	public boolean hasEnded() {
		return this.status != RunStatus.RUNNING;
	}

	/** Whether it is the same but for events that change none of it. */
	public boolean isLike(RunProgress other) {
		return equals(new RunProgress(other.id, other.status, other.step, other.imageStatus, this.lastEvent));
	}

}
