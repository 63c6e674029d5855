package dev.distributeimage.run;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Stores what workers report: the only place that writes the engine's columns.
 * <p>
 * Outcomes are written in groups: whatever waits, one when idle and hundreds under load,
 * goes into one statement, with the events that tell of it. An outcome counts only if the
 * run still has the version of the claim. A group that the database refuses is written
 * one by one; after a lost connection it is repeated until half of the claim is left. An
 * outcome that was stored before its answer was lost is recognised then.
 */
public class RunWriter {

	/** Bounds the statement, not the throughput. */
	private static final int MAX_GROUP = 500;

	private static final Duration PAUSE_BETWEEN_REPEATS = Duration.ofMillis(100);

	// The rows are locked in the order of their ids, so that two writers cannot block
	// each
	// other. The version is compared again by the update: the row may have changed while
	// its lock was waited for. updated_at is the time of the last event.
	private static final String WRITE = """
			with outcome as (
			  select * from jsonb_to_recordset(cast(:outcomes as jsonb)) as outcome (
			    id uuid, version bigint, status text, step text, next text, pause interval, attempts integer,
			    "failedCalls" integer, "missingPolls" integer, "unansweredSince" timestamptz,
			    "createImageToken" text, "distributionConfigurationArn" text, "imageBuildVersionArn" text,
			    "finalStatus" text, image jsonb, failure jsonb, "cancelSeen" boolean, "cancelAnswered" boolean,
			    "imageRequest" text, "buildFinished" boolean, "disbelievedStatus" text,
			    "disbelievedUntil" timestamptz, events jsonb)
			), locked as (
			  select run.id from run join outcome on outcome.id = run.id and outcome.version = run.version
			  where run.claimed_at is not null
			  order by run.id
			  for update of run
			), written as (
			  update run
			  set version = run.version + 1,
			      status = outcome.status,
			      step = outcome.step,
			      next_attempt_at = case outcome.next
			        when 'AtOnce' then engine_now() + cast(:claimFor as interval)
			        when 'After' then case when run.cancel_requested_at is not null and not outcome."cancelSeen"
			          then engine_now() else least(engine_now() + outcome.pause, run.deadline) end end,
			      claimed_at = case outcome.next when 'AtOnce' then engine_now() end,
			      attempts = outcome.attempts,
			      failed_calls = outcome."failedCalls",
			      missing_polls = outcome."missingPolls",
			      unanswered_since = outcome."unansweredSince",
			      create_image_token = outcome."createImageToken",
			      distribution_configuration_arn = outcome."distributionConfigurationArn",
			      image_build_version_arn = outcome."imageBuildVersionArn",
			      final_status = outcome."finalStatus",
			      image = outcome.image,
			      failure = outcome.failure,
			      cancel_answered = outcome."cancelAnswered",
			      image_request = outcome."imageRequest",
			      build_finished = outcome."buildFinished",
			      disbelieved_status = outcome."disbelievedStatus",
			      disbelieved_until = outcome."disbelievedUntil",
			      last_event = run.last_event + jsonb_array_length(outcome.events),
			      updated_at = case jsonb_array_length(outcome.events) when 0 then run.updated_at
			        else engine_now() end,
			      finished_at = case outcome.next when 'Never' then engine_now() end
			  from outcome, locked
			  where run.id = outcome.id and run.id = locked.id and run.version = outcome.version
			    and run.claimed_at is not null
			  returning run.id, run.version, engine_now() as at, run.cancel_requested_at, run.cancel_token,
			    run.last_event - jsonb_array_length(outcome.events) as events_before, outcome.events
			), history as (
			  insert into run_event (run_id, sequence, at, type, step, detail)
			  select written.id, events_before + event.number, at, event.value ->> 'type', event.value ->> 'step',
			    event.value -> 'detail'
			  from written, jsonb_array_elements(written.events) with ordinality as event (value, number)
			)
			select id, version, at, cancel_requested_at, cancel_token from written""";

	// While the claim lasts nobody else raises the version: one step further on, it is
	// this
	// writer's own outcome, whose answer was lost.
	private static final String WRITTEN_BEFORE = """
			select run.id, run.version, coalesce(run.claimed_at, engine_now()) as at, run.cancel_requested_at,
			  run.cancel_token
			from run join jsonb_to_recordset(cast(:outcomes as jsonb)) as outcome (id uuid, version bigint)
			  on run.id = outcome.id and run.version = outcome.version + 1""";

	private static final Logger logger = LoggerFactory.getLogger(RunWriter.class);

	private final Queue<Pending> waiting = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean writing = new AtomicBoolean();

	private final JdbcClient jdbc;

	private final JsonMapper json;

	private final Executor executor;

	private final Counter refused;

	/**
	 * Creates the writer.
	 * @param executor runs the writing; never two at once
	 */
	public RunWriter(JdbcClient jdbc, JsonMapper json, MeterRegistry metrics, Executor executor) {
		this.jdbc = jdbc;
		this.json = json;
		this.executor = executor;
		this.refused = Counter.builder("distribute.image.writes.refused")
			.description("Outcomes that came after their claim had passed to another worker")
			.register(metrics);
	}

	/**
	 * Stores what the last verb has made of the claimed run. The future holds the claim,
	 * which was renewed if the run goes on at once, or nothing if the claim had passed to
	 * another worker or the database stayed away for too long: then there is nothing left
	 * to do. It fails if the database refuses the outcome as such.
	 */
	public CompletableFuture<Optional<Claim>> write(Claim claim) {
		Pending pending = new Pending(claim, new CompletableFuture<>());
		this.waiting.add(pending);
		if (this.writing.compareAndSet(false, true)) {
			this.executor.execute(this::writeWhatWaits);
		}
		return pending.result();
	}

	private void writeWhatWaits() {
		do {
			try {
				for (List<Pending> group = nextGroup(); !group.isEmpty(); group = nextGroup()) {
					write(group);
				}
			}
			finally {
				this.writing.set(false);
			}
		}
		while (!this.waiting.isEmpty() && this.writing.compareAndSet(false, true));
	}

	private List<Pending> nextGroup() {
		List<Pending> group = new ArrayList<>();
		for (Pending next = this.waiting.poll(); next != null; next = (group.size() < MAX_GROUP) ? this.waiting.poll()
				: null) {
			group.add(next);
		}
		return group;
	}

	private void write(List<Pending> group) {
		boolean again = true;
		for (boolean repeated = false; again; repeated = true) {
			again = false;
			long sentAt = System.nanoTime();
			try {
				Map<UUID, Written> written = store(group);
				if (repeated) {
					written.putAll(storedBefore(group));
				}
				complete(group, written, sentAt);
			}
			catch (DataAccessException ex) {
				if (isPassing(ex)) {
					again = mayBeRepeated(group, ex);
				}
				else {
					writeOneByOne(group, ex);
				}
			}
			catch (RuntimeException ex) {
				writeOneByOne(group, ex);
			}
		}
	}

	private Map<UUID, Written> store(List<Pending> group) {
		return written(this.jdbc.sql(WRITE)
			.param("outcomes", outcomes(group))
			.param("claimFor", group.get(0).claim().duration().toString()));
	}

	private Map<UUID, Written> storedBefore(List<Pending> group) {
		return written(this.jdbc.sql(WRITTEN_BEFORE).param("outcomes", outcomes(group)));
	}

	private String outcomes(List<Pending> group) {
		return this.json.writeValueAsString(group.stream().map((one) -> Outcome.of(one.claim().run())).toList());
	}

	private static Map<UUID, Written> written(JdbcClient.StatementSpec statement) {
		Map<UUID, Written> written = new HashMap<>();
		statement.query((row) -> {
			UUID id = row.getObject("id", UUID.class);
			Timestamp cancelRequestedAt = row.getTimestamp("cancel_requested_at");
			written.put(id, new Written(id, row.getLong("version"), row.getTimestamp("at").toInstant(),
					(cancelRequestedAt != null) ? cancelRequestedAt.toInstant() : null, row.getString("cancel_token")));
		});
		return written;
	}

	private void complete(List<Pending> group, Map<UUID, Written> written, long sentAt) {
		for (Pending one : group) {
			one.result().complete(stored(one.claim(), written.get(one.claim().run().id()), sentAt));
		}
	}

	private Optional<Claim> stored(Claim claim, @Nullable Written written, long sentAt) {
		if (written == null) {
			this.refused.increment();
			logger.debug("The claim of run {} had passed on; its outcome was dropped", claim.run().id());
			return Optional.empty();
		}
		claim.run().renewed(written.version(), written.at(), written.cancelRequestedAt(), written.cancelToken());
		return Optional.of(claim.renewed(sentAt));
	}

	// An outcome that was stored before its answer was lost is refused when it is
	// repeated:
	// its run is then taken up again when the renewed claim is over.
	private boolean mayBeRepeated(List<Pending> group, DataAccessException ex) {
		boolean timeLeft = group.stream().allMatch((one) -> one.claim().hasLeft(one.claim().duration().dividedBy(2)));
		if (timeLeft) {
			LockSupport.parkNanos(PAUSE_BETWEEN_REPEATS.toNanos());
		}
		else {
			logger.warn("{} outcomes were not stored in time and are left to fall due again: {}", group.size(),
					ex.getMessage());
			group.forEach((one) -> one.result().complete(Optional.empty()));
		}
		return timeLeft;
	}

	private void writeOneByOne(List<Pending> group, RuntimeException ex) {
		if (group.size() == 1) {
			group.get(0).result().completeExceptionally(ex);
			return;
		}
		group.forEach((one) -> write(List.of(one)));
	}

	private static boolean isPassing(DataAccessException ex) {
		return ex instanceof DataAccessResourceFailureException || ex instanceof TransientDataAccessException
				|| ex instanceof RecoverableDataAccessException || ex instanceof ConcurrencyFailureException
				|| ex instanceof QueryTimeoutException;
	}

	private record Pending(Claim claim, CompletableFuture<Optional<Claim>> result) {
	}

	private record Written(UUID id, long version, Instant at, @Nullable Instant cancelRequestedAt,
			@Nullable String cancelToken) {
	}

	/** A row of the statement. */
	private record Outcome(UUID id, long version, RunStatus status, StepId step, String next, @Nullable Duration pause,
			int attempts, int failedCalls, int missingPolls, @Nullable Instant unansweredSince, String createImageToken,
			@Nullable String distributionConfigurationArn, @Nullable String imageBuildVersionArn,
			@Nullable String finalStatus, @Nullable Image image, @Nullable Failure failure, boolean cancelSeen,
			boolean cancelAnswered, @Nullable ImageRequest imageRequest, boolean buildFinished,
			@Nullable String disbelievedStatus, @Nullable Instant disbelievedUntil, List<NewEvent> events) {

		static Outcome of(Run run) {
			Duration pause = (run.next() instanceof Next.After after) ? after.pause() : null;
			return new Outcome(run.id(), run.version(), run.status(), run.step(), run.next().getClass().getSimpleName(),
					pause, run.attempts(), run.failedCalls(), run.missingPolls(), run.unansweredSince(),
					run.createImageToken(), run.distributionConfigurationArn(), run.imageBuildVersionArn(),
					run.finalStatus(), run.image(), run.failure(), run.cancelRequestedAt() != null,
					run.isCancelAnswered(), run.imageRequest(), run.isBuildFinished(), run.disbelievedStatus(),
					run.disbelievedUntil(), List.copyOf(run.newEvents()));
		}

	}

}
