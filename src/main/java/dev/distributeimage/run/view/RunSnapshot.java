package dev.distributeimage.run.view;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.PastAttempt;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;

/**
 * What callers see of a run, with what was asked for.
 *
 * @param account the AWS account: the infrastructure configuration's
 * @param outputs the workflow's outputs so far
 * @param image the image as last seen
 * @param failure the failure that ended the run, or the last one while it is being waited
 * out
 * @param attempts failed calls of the current step in a row
 * @param retries what went before each retry
 * @param lastEvent the number of the last event
 */
public record RunSnapshot(UUID id, RunStatus status, StepId step, String account, RunInput input,
		PastAttempt.Outputs outputs, @Nullable Image image, @Nullable Failure failure, int attempts, Times times,
		List<PastAttempt> retries, long lastEvent) {

	/** The run as it is stored. */
	public static RunSnapshot of(StoredRun stored) {
		Run run = stored.run();
		return new RunSnapshot(run.id(), run.status(), run.step(), run.account(), stored.input(),
				new PastAttempt.Outputs(run.distributionConfigurationArn(), run.imageBuildVersionArn(),
						run.finalStatus()),
				run.image(), run.failure(), run.attempts(), Times.of(stored), run.retries(), run.lastEvent());
	}

	/** What of it can be waited for. */
	public RunProgress state() {
		return new RunProgress(this.id, this.status, this.step, (this.image != null) ? this.image.status() : null,
				this.lastEvent);
	}

	/**
	 * The times of a run.
	 *
	 * @param nextAttemptAt when the next call is planned; null while a worker has the run
	 * and once it has ended
	 * @param cancelRequestedAt when a caller asked for the run to be cancelled
	 * @param updatedAt when the last event happened
	 * @param readAt when all of this was so, by the clock that the other times come from
	 */
	public record Times(@Nullable Instant nextAttemptAt, Instant deadline, @Nullable Instant cancelRequestedAt,
			Instant updatedAt, @Nullable Instant finishedAt, Instant readAt) {

		static Times of(StoredRun stored) {
			Run run = stored.run();
			return new Times(run.nextAttemptAt(), run.deadline(), run.cancelRequestedAt(), run.updatedAt(),
					run.finishedAt(), stored.readAt());
		}

	}

}
