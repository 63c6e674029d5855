package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

import dev.distributeimage.audit.AuditEvent;
import dev.distributeimage.audit.AuditedAction;
import dev.distributeimage.audit.StoredChange;
import dev.distributeimage.aws.Accounts;
import dev.distributeimage.caller.Requester;
import dev.distributeimage.run.RetryPlan;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.queue.RunStore;
import dev.distributeimage.run.queue.StoredRun;
import dev.distributeimage.run.view.RunSnapshots;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Retries ended runs. */
@Component
public class RunRetry {

	/** What a run keeps of its earlier attempts is read with it, by every worker. */
	private static final int MAX_RETRIES = 100;

	private final RunStore store;

	private final RunSnapshots snapshots;

	private final Accounts accounts;

	private final Duration deadline;

	private final ApplicationEventPublisher events;

	private final IntakeMetrics metrics;

	RunRetry(RunStore store, RunSnapshots snapshots, Accounts accounts, RunSettings settings,
			ApplicationEventPublisher events, IntakeMetrics metrics) {
		this.store = store;
		this.snapshots = snapshots;
		this.accounts = accounts;
		this.deadline = settings.deadline();
		this.events = events;
		this.metrics = metrics;
	}

	/**
	 * Retries the run with the given id.
	 * @param mostInFlight the maximum number of the owner's runs in flight, this one
	 * included; null for no limit
	 * @throws OutcomeUnknownException if the retry may have been stored
	 * @throws DataAccessException if the retry was not stored
	 */
	public Optional<RetryResult> request(UUID id, Requester by, @Nullable Integer mostInFlight) {
		AuditEvent event = AuditEvent.changed(AuditedAction.RETRY, by, id);
		Optional<StoredRun> found = this.store.find(id);
		while (found.isPresent()) {
			StoredRun stored = found.get();
			Optional<RetryResult> refused = refusal(stored);
			if (refused.isPresent()) {
				return refused;
			}
			RetryPlan plan = stored.planOfRetry();
			stored.run().retried(plan, stored.newDeadline(this.deadline), stored.readAt(), by.caller().createdBy());
			if (this.store.store(stored, event, mostInFlight)) {
				this.metrics.retried(plan.action());
				this.events.publishEvent(new StoredChange(event));
				this.events.publishEvent(new RunDue(id));
				return OutcomeUnknownException.afterwards(() -> this.snapshots.findById(id))
					.map(RetryResult.Retried::new);
			}
			found = this.store.find(id);
			if (found.filter((now) -> now.version() == stored.version()).isPresent()) {
				return Optional.of(new RetryResult.LimitReached());
			}
			// Another request changed the run first.
		}
		return Optional.empty();
	}

	/** Returns what a retry of the run would do; changes nothing. */
	public Optional<RetryResult> plan(UUID id) {
		return this.store.find(id)
			.map((stored) -> refusal(stored).orElseGet(() -> new RetryResult.Planned(stored.planOfRetry())));
	}

	private Optional<RetryResult> refusal(StoredRun stored) {
		RunStatus status = stored.run().status();
		if (status == RunStatus.RUNNING || status == RunStatus.SUCCEEDED) {
			return Optional.of(new RetryResult.Refused(status));
		}
		if (stored.removal() == StoredRun.Removal.UNDER_WAY) {
			return Optional.of(new RetryResult.RemovalUnderWay());
		}
		if (stored.run().retry().past().size() >= MAX_RETRIES) {
			return Optional.of(new RetryResult.TooManyRetries(MAX_RETRIES));
		}
		return this.accounts.lackCredentialsFor(stored.run().place()) ? Optional.of(new RetryResult.OtherAccount())
				: Optional.empty();
	}

}
