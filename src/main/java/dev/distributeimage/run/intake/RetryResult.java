package dev.distributeimage.run.intake;

import dev.distributeimage.run.RetryPlan;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.view.RunSnapshot;

/** The result of a request to retry a run. */
public sealed interface RetryResult {

	/** The run continues. */
	record Retried(RunSnapshot run) implements RetryResult {
	}

	/** The run can be retried; nothing was changed. */
	record Planned(RetryPlan plan) implements RetryResult {
	}

	/** The service's credentials are of another account than the run. */
	record OtherAccount() implements RetryResult {
	}

	/** The run's owner has as many runs in flight as it may have. */
	record LimitReached() implements RetryResult {
	}

	/** AWS may be removing the run's distribution configuration at this moment. */
	record RemovalUnderWay() implements RetryResult {
	}

	/** The run was retried as often as a run may be. */
	record TooManyRetries(int most) implements RetryResult {
	}

	/** The run has not ended, or has succeeded. */
	record Refused(RunStatus status) implements RetryResult {
	}

}
