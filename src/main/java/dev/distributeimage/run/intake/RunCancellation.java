package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

import dev.distributeimage.audit.AuditEvent;
import dev.distributeimage.audit.AuditRows;
import dev.distributeimage.audit.AuditedAction;
import dev.distributeimage.audit.StoredChange;
import dev.distributeimage.caller.Requester;
import dev.distributeimage.run.ClientTokens;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.queue.RunStore;
import dev.distributeimage.run.queue.StoredRun;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Stores requests to cancel runs. The engine carries them out: it checks for a request
 * before every call, and again when it stores the outcome.
 */
@Component
public class RunCancellation {

	// Leaves the version as it is: a worker that holds the run keeps its lease, and sees
	// the request when it stores its outcome.
	private static final String REQUEST_CANCEL = """
			with cancelled as (
			  update run
			  set cancel_requested_at = engine_now(), cancel_token = :token,
			      next_attempt_at = case when claimed_at is null then engine_now() else next_attempt_at end,
			      last_event = last_event + 1, updated_at = greatest(updated_at, engine_now())
			  where id = :id and status = 'RUNNING' and cancel_requested_at is null
			  returning run.number, last_event, updated_at, step, cancel_requested_at as requested_at
			), audited as (
			  %s
			)
			insert into run_event (number, sequence, at, type, step, by, detail)
			select number, last_event, updated_at, 'CANCEL_REQUESTED', step, cast(:by as text), '{}' from cancelled"""
		.formatted(AuditRows.insert("cancelled cross join (select cast(:audit as jsonb) as audit) given",
				"cancelled.requested_at"));

	private final JdbcClient jdbc;

	private final JsonMapper json;

	private final RunStore store;

	private final RunSnapshots snapshots;

	private final Duration deadline;

	private final ApplicationEventPublisher events;

	private final IntakeMetrics metrics;

	RunCancellation(JdbcClient jdbc, JsonMapper json, RunStore store, RunSnapshots snapshots, RunSettings settings,
			ApplicationEventPublisher events, IntakeMetrics metrics) {
		this.jdbc = jdbc;
		this.json = json;
		this.store = store;
		this.snapshots = snapshots;
		this.deadline = settings.deadline();
		this.events = events;
		this.metrics = metrics;
	}

	/**
	 * Requests to cancel the run with the given id; a repeated request changes nothing.
	 * @throws OutcomeUnknownException if the request may have been stored
	 * @throws DataAccessException if the request was not stored
	 */
	public Optional<CancelResult> request(UUID id, Requester by) {
		AuditEvent event = AuditEvent.changed(AuditedAction.CANCEL, by, id);
		while (true) {
			if (requestCancel(id, event)) {
				return requested(event, id);
			}
			Optional<StoredRun> found = this.store.find(id);
			if (found.isEmpty()) {
				return Optional.empty();
			}
			Run run = found.get().run();
			if (run.values().mayStillBuild()) {
				run.cancelRequested(found.get().newDeadline(this.deadline), found.get().readAt());
				// It cannot be refused: the build goes on in AWS.
				if (this.store.store(found.get(), event, null)) {
					return requested(event, id);
				}
			}
			else if (run.status() != RunStatus.RUNNING || run.cancel().isRequested()) {
				return resultOf(run);
			}
			// A retry or another request came between the two statements.
		}
	}

	private boolean requestCancel(UUID id, AuditEvent event) {
		JdbcClient.StatementSpec statement = this.jdbc.sql(REQUEST_CANCEL)
			.param("id", id)
			.param("token", ClientTokens.next())
			.param("by", event.by().caller().createdBy())
			.param("audit", this.json.writeValueAsString(event.members()));
		return OutcomeUnknownException.unlessDefinite(statement::update) > 0;
	}

	private Optional<CancelResult> requested(AuditEvent event, UUID id) {
		this.metrics.cancelled();
		this.events.publishEvent(new StoredChange(event));
		this.events.publishEvent(new RunDue(id));
		return snapshot(id).map(CancelResult.Requested::new);
	}

	private Optional<CancelResult> resultOf(Run run) {
		return switch (run.status()) {
			case RUNNING -> snapshot(run.id()).map(CancelResult.Requested::new);
			case CANCELLED -> snapshot(run.id()).map(CancelResult.Cancelled::new);
			case SUCCEEDED, FAILED, TIMED_OUT -> Optional.of(new CancelResult.Ended(run.status()));
		};
	}

	private Optional<RunSnapshot> snapshot(UUID id) {
		return OutcomeUnknownException.afterwards(() -> this.snapshots.findById(id));
	}

}
