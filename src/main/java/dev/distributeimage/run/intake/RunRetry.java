package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

import dev.distributeimage.aws.Accounts;
import dev.distributeimage.aws.Place;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.run.RetryPlan;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.queue.RunStore;
import dev.distributeimage.run.queue.StoredRun;
import dev.distributeimage.run.view.RunSnapshots;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Retries ended runs. */
@Component
public class RunRetry {

	private final RunStore store;

	private final RunSnapshots snapshots;

	private final Accounts accounts;

	private final Duration deadline;

	private final ApplicationEventPublisher events;

	RunRetry(RunStore store, RunSnapshots snapshots, Accounts accounts, RunSettings settings,
			ApplicationEventPublisher events) {
		this.store = store;
		this.snapshots = snapshots;
		this.accounts = accounts;
		this.deadline = settings.deadline();
		this.events = events;
	}

	/**
	 * Retries the run with the given id.
	 * @throws OutcomeUnknownException if the retry may have been stored
	 * @throws DataAccessException if the retry was not stored
	 */
	public Optional<RetryResult> request(UUID id, Caller caller) {
		Optional<StoredRun> found = this.store.find(id);
		while (found.isPresent()) {
			StoredRun stored = found.get();
			Optional<RetryResult> refused = refusal(stored);
			if (refused.isPresent()) {
				return refused;
			}
			stored.run()
				.retried(RetryPlan.of(stored.run()), stored.newDeadline(this.deadline), stored.readAt(),
						caller.createdBy());
			if (this.store.store(stored, caller.createdBy())) {
				this.events.publishEvent(new RunDue(id));
				return OutcomeUnknownException.afterwards(() -> this.snapshots.findById(id))
					.map(RetryResult.Retried::new);
			}
			// Another request changed the run first.
			found = this.store.find(id);
		}
		return Optional.empty();
	}

	/** Returns what a retry of the run would do; changes nothing. */
	public Optional<RetryResult> plan(UUID id) {
		return this.store.find(id)
			.map((stored) -> refusal(stored).orElseGet(() -> new RetryResult.Planned(RetryPlan.of(stored.run()))));
	}

	private Optional<RetryResult> refusal(StoredRun stored) {
		RunStatus status = stored.run().status();
		if (status == RunStatus.RUNNING || status == RunStatus.SUCCEEDED) {
			return Optional.of(new RetryResult.Refused(status));
		}
		Place place = stored.run().place();
		return this.accounts.areOfAnother(place) ? Optional.of(new RetryResult.OtherAccount(place.account()))
				: Optional.empty();
	}

}
