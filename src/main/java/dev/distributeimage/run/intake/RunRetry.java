package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import dev.distributeimage.run.ClientTokens;
import dev.distributeimage.run.ImageRequest;
import dev.distributeimage.run.RetryAction;
import dev.distributeimage.run.RetryPlan;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.view.Runs;
import dev.distributeimage.run.view.StoredRun;

/**
 * Takes ended runs up again.
 * <p>
 * <b>A create's token is kept unless it is spent</b>: AWS has answered
 * IdempotentParameterMismatch to it, or it has made an image. A new token is stored
 * together with the retry, so that a late send of the old one is a replay and never a
 * second build.
 */
@Component
public class RunRetry {

	private static final String RETRY = """
			with retried as (
			  update run
			  set status = 'RUNNING', step = cast(:step as step_id), next_attempt_at = engine_now(), version = version + 1,
			      attempts = 0, failed_calls = 0, missing_polls = 0,
			      deadline = engine_now() + coalesce(deadline_after, cast(:deadline as interval)),
			      create_distribution_configuration_token =
			        coalesce(:configurationToken, create_distribution_configuration_token),
			      create_image_token = coalesce(:imageToken, create_image_token),
			      unanswered_since = case when :keepsUnanswered then unanswered_since end,
			      image_build_version_arn = case when :keepsImage then image_build_version_arn end,
			      image_status = case when :keepsImage then image_status end,
			      image_reason = case when :keepsImage then image_reason end,
			      image_amis = case when :keepsImage then image_amis end,
			      image_containers = case when :keepsImage then image_containers end,
			      build_finished = :keepsImage and build_finished,
			      image_request = cast(:imageRequest as image_request),
			      retry_image_token = case when unanswered_since is not null
			        then coalesce(retry_image_token, :retryImageToken) else :retryImageToken end,
			      stale_end = null, stale_end_until = null,
			      cancel_requested_at = null, cancel_token = null, cancel_answered = false,
			      final_status = null, failure = null, finished_at = null,
			      retries = retries || jsonb_build_object('at', engine_now(), 'by', null, 'action', cast(:action as text),
			        'outputs', jsonb_build_object('distributionConfigurationArn', run.distribution_configuration_arn,
			          'imageBuildVersionArn', image_build_version_arn, 'finalStatus', final_status),
			        'status', status),
			      last_event = last_event + 2, updated_at = greatest(updated_at, engine_now())
			  from run_input
			  where id = :id and run_id = id and version = :version and status <> 'RUNNING'
			  returning run.number, last_event, updated_at
			)
			insert into run_event (number, sequence, at, type, step, detail)
			select number, last_event - 2 + place, updated_at, type, cast(:step as step_id), detail
			from retried, (values (1, cast('RETRY_REQUESTED' as event_type), cast(:detail as jsonb)),
			  (2, 'STEP_BEGUN', '{}')) as event (place, type, detail)""";

	private final JdbcClient jdbc;

	private final JsonMapper json;

	private final Runs runs;

	private final Duration deadline;

	private final ApplicationEventPublisher events;

	RunRetry(JdbcClient jdbc, JsonMapper json, Runs runs, RunSettings settings, ApplicationEventPublisher events) {
		this.jdbc = jdbc;
		this.json = json;
		this.runs = runs;
		this.deadline = settings.deadline();
		this.events = events;
	}

	/** What became of the request. */
	public sealed interface Answer {

		/** The run goes on. */
		record Retried(StoredRun run) implements Answer {
		}

		/** The run has not ended. */
		record Running(StoredRun run) implements Answer {
		}

		/** There is nothing to do again. */
		record Succeeded(StoredRun run) implements Answer {
		}

	}

	/**
	 * Takes a run up again, if there is one.
	 * @throws OutcomeUnknownException if it may be taken up again
	 * @throws DataAccessException if it is not
	 */
	public Optional<Answer> request(UUID id) {
		Optional<StoredRun> found = this.runs.findStored(id);
		while (found.isPresent()) {
			Run run = found.get().run();
			Answer refusal = refusal(found.get());
			if (refusal != null) {
				return Optional.of(refusal);
			}
			if (retry(run, RetryPlan.of(run))) {
				this.events.publishEvent(new RunDue(id));
				return OutcomeUnknownException.afterwards(() -> this.runs.findStored(id)).map(Answer.Retried::new);
			}
			// Somebody else was faster: the run is looked at again.
			found = this.runs.findStored(id);
		}
		return Optional.empty();
	}

	/**
	 * What a retry of the run would be answered with, if there is one; nothing is done.
	 */
	public @Nullable Answer refusal(StoredRun stored) {
		return switch (stored.run().status()) {
			case RUNNING -> new Answer.Running(stored);
			case SUCCEEDED -> new Answer.Succeeded(stored);
			case FAILED, CANCELLED, TIMED_OUT -> null;
		};
	}

	/** What a retry of an ended run would do; nothing is done. */
	public RetryPlan plan(StoredRun stored) {
		return RetryPlan.of(stored.run());
	}

	private boolean retry(Run run, RetryPlan plan) {
		RetryAction action = plan.action();
		boolean keepsImage = action == RetryAction.GET_IMAGE || action == RetryAction.RETRY_IMAGE;
		boolean mismatch = run.failure() != null && "IdempotentParameterMismatchException".equals(run.failure().code());
		boolean imageTokenSpent = action == RetryAction.CREATE_IMAGE
				&& (mismatch || run.imageBuildVersionArn() != null);
		boolean configurationTokenSpent = action == RetryAction.CREATE_DISTRIBUTION_CONFIGURATION && mismatch;
		ImageRequest request = (action == RetryAction.RETRY_IMAGE) ? imageRequest(run) : null;
		JdbcClient.StatementSpec statement = this.jdbc.sql(RETRY)
			.param("id", run.id())
			.param("version", run.version())
			.param("step", stepOf(action).toString())
			.param("deadline", this.deadline.toString())
			.param("configurationToken", configurationTokenSpent ? ClientTokens.next() : null)
			.param("imageToken", imageTokenSpent ? ClientTokens.next() : null)
			.param("keepsUnanswered", !imageTokenSpent && !configurationTokenSpent)
			.param("keepsImage", keepsImage)
			.param("imageRequest", (request != null) ? request.toString() : null)
			.param("retryImageToken", (request != null) ? ClientTokens.next() : null)
			.param("action", action.toString())
			.param("detail", this.json.writeValueAsString(plan));
		return OutcomeUnknownException.unlessDefinite(statement::update) > 0;
	}

	private static ImageRequest imageRequest(Run run) {
		return run.isBuildFinished() ? ImageRequest.RETRY_IMAGE : ImageRequest.LIST_WORKFLOW_EXECUTIONS;
	}

	private static StepId stepOf(RetryAction action) {
		return switch (action) {
			case CREATE_DISTRIBUTION_CONFIGURATION -> StepId.CREATE_DISTRIBUTION_CONFIGURATION;
			case CREATE_IMAGE -> StepId.CREATE_IMAGE;
			case GET_IMAGE, RETRY_IMAGE -> StepId.GET_IMAGE;
		};
	}

}
