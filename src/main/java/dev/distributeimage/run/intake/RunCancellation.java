package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import dev.distributeimage.run.ClientTokens;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.view.Runs;
import dev.distributeimage.run.view.StoredRun;

/**
 * Notes that a run is to be cancelled. What comes of it is the engine's: it looks at the
 * note before every call, and when it stores the outcome of one that was under way.
 */
@Component
public class RunCancellation {

	// Does not raise the version: the worker that has the run goes on with its claim, and
	// sees the note when it stores its outcome.
	private static final String CANCEL_RUNNING = """
			with cancelled as (
			  update run
			  set cancel_requested_at = engine_now(), cancel_token = :token,
			      next_attempt_at = case when claimed_at is null then engine_now() else next_attempt_at end,
			      last_event = last_event + 1, updated_at = greatest(updated_at, engine_now())
			  where id = :id and status = 'RUNNING' and cancel_requested_at is null
			  returning run.number, last_event, updated_at, step
			)
			insert into run_event (number, sequence, at, type, step, detail)
			select number, last_event, updated_at, 'CANCEL_REQUESTED', step, '{}' from cancelled""";

	// The image of such a run goes on building, or may: it is taken up again until AWS
	// says how it ended.
	private static final String CANCEL_TIMED_OUT = """
			with cancelled as (
			  update run
			  set status = 'RUNNING', cancel_requested_at = engine_now(), cancel_token = :token,
			      cancel_answered = false, next_attempt_at = engine_now(), version = version + 1,
			      deadline = engine_now() + coalesce(deadline_after, cast(:deadline as interval)), attempts = 0,
			      missing_polls = 0, final_status = null, failure = null, finished_at = null,
			      last_event = last_event + 1, updated_at = greatest(updated_at, engine_now())
			  from run_input
			  where id = :id and run_id = id and status = 'TIMED_OUT'
			    and (image_build_version_arn is not null or unanswered_since is not null and step = 'createImage')
			  returning run.number, last_event, updated_at, step
			)
			insert into run_event (number, sequence, at, type, step, detail)
			select number, last_event, updated_at, 'CANCEL_REQUESTED', step, '{}' from cancelled""";

	private final JdbcClient jdbc;

	private final Runs runs;

	private final Duration deadline;

	private final ApplicationEventPublisher events;

	RunCancellation(JdbcClient jdbc, Runs runs, RunSettings settings, ApplicationEventPublisher events) {
		this.jdbc = jdbc;
		this.runs = runs;
		this.deadline = settings.deadline();
		this.events = events;
	}

	/** What became of the request. */
	public enum Answer {

		/** It is noted, now or before. */
		REQUESTED,

		/** The run is cancelled already. */
		CANCELLED,

		/** The run has ended otherwise. */
		ENDED

	}

	/** The run as it stands now, if there is one. */
	public record Cancellation(Answer answer, StoredRun run) {
	}

	/**
	 * Asks for a run to be cancelled. To ask again changes nothing.
	 * @throws OutcomeUnknownException if it may be noted
	 * @throws DataAccessException if it is not
	 */
	public Optional<Cancellation> request(UUID id) {
		String token = ClientTokens.next();
		while (true) {
			if (note(id, token)) {
				this.events.publishEvent(new RunDue(id));
				return OutcomeUnknownException.afterwards(() -> this.runs.findStored(id))
					.map((run) -> new Cancellation(Answer.REQUESTED, run));
			}
			Optional<StoredRun> run = this.runs.findStored(id);
			if (run.isEmpty() || !isToBeAskedAgain(run.get().run())) {
				return run.map((found) -> new Cancellation(answer(found.run()), found));
			}
		}
	}

	private boolean note(UUID id, String token) {
		JdbcClient.StatementSpec running = this.jdbc.sql(CANCEL_RUNNING).param("id", id).param("token", token);
		JdbcClient.StatementSpec timedOut = this.jdbc.sql(CANCEL_TIMED_OUT)
			.param("id", id)
			.param("token", token)
			.param("deadline", this.deadline.toString());
		return OutcomeUnknownException.unlessDefinite(running::update) > 0
				|| OutcomeUnknownException.unlessDefinite(timedOut::update) > 0;
	}

	// A retry came between the statements.
	private static boolean isToBeAskedAgain(Run run) {
		return run.status() == RunStatus.RUNNING && run.cancelRequestedAt() == null;
	}

	private static Answer answer(Run run) {
		return switch (run.status()) {
			case RUNNING -> Answer.REQUESTED;
			case CANCELLED -> Answer.CANCELLED;
			case SUCCEEDED, FAILED, TIMED_OUT -> Answer.ENDED;
		};
	}

}
