package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

import dev.distributeimage.caller.Caller;
import dev.distributeimage.run.ClientTokens;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.queue.RunStore;
import dev.distributeimage.run.queue.StoredRun;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import org.jspecify.annotations.Nullable;

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
			  returning run.number, last_event, updated_at, step
			)
			insert into run_event (number, sequence, at, type, step, by, detail)
			select number, last_event, updated_at, 'CANCEL_REQUESTED', step, cast(:by as text), '{}' from cancelled""";

	private final JdbcClient jdbc;

	private final RunStore store;

	private final RunSnapshots snapshots;

	private final Duration deadline;

	private final ApplicationEventPublisher events;

	RunCancellation(JdbcClient jdbc, RunStore store, RunSnapshots snapshots, RunSettings settings,
			ApplicationEventPublisher events) {
		this.jdbc = jdbc;
		this.store = store;
		this.snapshots = snapshots;
		this.deadline = settings.deadline();
		this.events = events;
	}

	/**
	 * Requests to cancel the run with the given id; a repeated request changes nothing.
	 * @throws OutcomeUnknownException if the request may have been stored
	 * @throws DataAccessException if the request was not stored
	 */
	public Optional<CancelResult> request(UUID id, Caller caller) {
		while (true) {
			if (requestCancel(id, caller.createdBy())) {
				return requested(id);
			}
			Optional<StoredRun> found = this.store.find(id);
			if (found.isEmpty()) {
				return Optional.empty();
			}
			Run run = found.get().run();
			if (run.values().mayStillBuild()) {
				run.cancelRequested(found.get().newDeadline(this.deadline), found.get().readAt());
				if (this.store.store(found.get(), caller.createdBy())) {
					return requested(id);
				}
			}
			else if (run.status() != RunStatus.RUNNING || run.cancel().isRequested()) {
				return resultOf(run);
			}
			// A retry or another request came between the two statements.
		}
	}

	private boolean requestCancel(UUID id, @Nullable String by) {
		JdbcClient.StatementSpec statement = this.jdbc.sql(REQUEST_CANCEL)
			.param("id", id)
			.param("token", ClientTokens.next())
			.param("by", by);
		return OutcomeUnknownException.unlessDefinite(statement::update) > 0;
	}

	private Optional<CancelResult> requested(UUID id) {
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
