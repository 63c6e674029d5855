package dev.distributeimage.run.queue;

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

import org.springframework.jdbc.core.simple.JdbcClient;
import dev.distributeimage.run.postgres.Columns;
import dev.distributeimage.run.postgres.DatabaseFailures;

/**
 * Stores what workers report: the only place that writes the engine's columns.
 * <p>
 * RunRow are written in groups: whatever waits, one when idle and hundreds under load,
 * goes into one statement, with the events that tell of it. An outcome counts only if the
 * run still has the version of the claim. A group that the database refuses is written
 * one by one; after a lost connection it is repeated until half of the claim is left. An
 * outcome that was stored before its answer was lost is recognised then.
 */
public class RunWriter {

	/** Bounds the statement, not the throughput. */
	private static final int MAX_GROUP = 500;

	private static final Duration PAUSE_BETWEEN_REPEATS = Duration.ofMillis(100);

	// Rows are changed in the order of their ids, so that two writers do not block each
	// other. The version is compared again where a lock was waited for: the row may have
	// changed meanwhile. That the run is claimed is asked inside a case, which hides it
	// from the planner: its statistics show next to no claimed runs, and it would compare
	// every run with every outcome.
	//
	// A run never falls due in the past: claims do not look for it there.
	//
	// No run times out over a cancel that its worker has not seen. It falls due again at
	// the end of the claim, and the cancel goes first.
	//
	// updated_at is the time of the last event, and never goes back: a statement that
	// waited for a lock has an earlier time than the one that it waited for.
	static final String WRITE = """
			with outcome as (
			  %s
			  order by id
			), written as (
			  update run
			  set version = run.version + 1,
			      status = outcome.status,
			      step = outcome.step,
			      next_attempt_at = case outcome.next
			        when 'AtOnce' then run.next_attempt_at
			        when 'AsPlanned' then run.next_attempt_at
			        when 'After' then case when run.cancel_requested_at is not null and not outcome.cancel_seen
			          then engine_now()
			          else greatest(engine_now(), least(engine_now() + outcome.pause, run.deadline)) end end,
			      claimed_at = case outcome.next when 'AtOnce' then engine_now() end,
			      claimed_until = case outcome.next when 'AtOnce' then engine_now() + cast(:claimFor as interval) end,
			      attempts = outcome.attempts,
			      failed_calls = outcome.failed_calls,
			      missing_polls = outcome.missing_polls,
			      unanswered_since = outcome.unanswered_since,
			      create_image_token = outcome.create_image_token,
			      distribution_configuration_arn = outcome.distribution_configuration_arn,
			      image_build_version_arn = outcome.image_build_version_arn,
			      final_status = outcome.final_status,
			      image_status = outcome.image_status,
			      image_reason = outcome.image_reason,
			      image_amis = outcome.image_amis,
			      image_containers = outcome.image_containers,
			      image_status_since = case when outcome.image_status is distinct from run.image_status
			        then engine_now() else run.image_status_since end,
			      failure = outcome.failure,
			      cancel_answered = outcome.cancel_answered,
			      image_request = outcome.image_request,
			      build_finished = outcome.build_finished,
			      stale_end = outcome.stale_end,
			      stale_end_until = outcome.stale_end_until,
			      last_event = run.last_event + jsonb_array_length(outcome.events),
			      updated_at = case jsonb_array_length(outcome.events) when 0 then run.updated_at
			        else greatest(run.updated_at, engine_now()) end,
			      finished_at = case outcome.next when 'Never' then greatest(run.updated_at, engine_now()) end
			  from outcome
			  where run.id = outcome.id and outcome.version = case when run.claimed_at is not null then run.version end
			    and not (outcome.status = 'TIMED_OUT' and run.cancel_requested_at is not null and not outcome.cancel_seen)
			  returning run.id, run.number, run.version, engine_now() as at, run.updated_at, run.cancel_requested_at,
			    run.cancel_token, run.last_event - jsonb_array_length(outcome.events) as events_before, outcome.events,
			    outcome.new_term
			), history as (
			  insert into run_event (number, sequence, at, type, step, detail)
			  select number, events_before + place, updated_at, cast(event ->> 'type' as event_type),
			    cast(event ->> 'step' as step_id), event -> 'detail'
			  from written, jsonb_array_elements(written.events) with ordinality as event (event, place)
			), listed as (
			  insert into run_term (term, number)
			  select new_term, number from written where new_term is not null
			  on conflict do nothing
			)
			select id, version, at, cancel_requested_at, cancel_token from written"""
		.formatted(RunRow.ROWS.select("outcome"));

	// One version on it may be this writer's own outcome, whose answer was lost.
	// Another worker's claim also raises the version, but leaves the run claimed and
	// moves no step.
	private static final String WRITTEN_BEFORE = """
			select run.id, run.version, coalesce(run.claimed_at, engine_now()) as at, run.cancel_requested_at,
			  run.cancel_token
			from run join (%s) outcome
			  on run.id = outcome.id and run.version = outcome.version + 1 and run.step = outcome.step
			where case outcome.next when 'AtOnce'
			    then run.claimed_at is not null and outcome.events @> '[{"type": "STEP_BEGUN"}]'
			    else run.claimed_at is null end""".formatted(RunRow.ROWS.select("outcome"));

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
			.description("RunRow that came after their claim had passed to another worker")
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
		try {
			write(group, System.nanoTime(), false);
		}
		catch (Throwable ex) {
			logger.error("{} outcomes could not be stored", group.size(), ex);
			group.forEach((one) -> one.result().completeExceptionally(ex));
		}
	}

	// The claims of a group that is repeated begin when it was first sent: it may have
	// been stored then.
	private void write(List<Pending> group, long firstSentAt, boolean repeated) {
		long sentAt = System.nanoTime();
		try {
			Map<UUID, Written> written = store(group);
			complete(group, written, sentAt);
			if (repeated) {
				complete(rest(group), storedBefore(group), firstSentAt);
			}
			rest(group).forEach(this::refuse);
		}
		catch (RuntimeException ex) {
			if (DatabaseFailures.isPassing(ex)) {
				repeat(group, firstSentAt, repeated, ex);
			}
			else {
				writeOneByOne(group, firstSentAt, repeated, ex);
			}
		}
	}

	// A group that fails twice may be too large for the time that a statement has.
	private void repeat(List<Pending> group, long firstSentAt, boolean repeated, RuntimeException ex) {
		giveUpWhatIsLate(group, ex);
		List<Pending> rest = rest(group);
		if (rest.isEmpty()) {
			return;
		}
		LockSupport.parkNanos(PAUSE_BETWEEN_REPEATS.toNanos());
		int half = (repeated && rest.size() > 1) ? rest.size() / 2 : rest.size();
		write(rest.subList(0, half), firstSentAt, true);
		if (half < rest.size()) {
			write(rest.subList(half, rest.size()), firstSentAt, true);
		}
	}

	private void writeOneByOne(List<Pending> group, long firstSentAt, boolean repeated, RuntimeException ex) {
		if (group.size() == 1) {
			group.get(0).result().completeExceptionally(ex);
			return;
		}
		group.forEach((one) -> write(List.of(one), firstSentAt, repeated));
	}

	private static List<Pending> rest(List<Pending> group) {
		return group.stream().filter((one) -> !one.result().isDone()).toList();
	}

	private Map<UUID, Written> store(List<Pending> group) {
		return written(this.jdbc.sql(WRITE)
			.params(outcomes(group))
			.param("claimFor", group.get(0).claim().duration().toString()));
	}

	private Map<UUID, Written> storedBefore(List<Pending> group) {
		return written(this.jdbc.sql(WRITTEN_BEFORE).params(outcomes(group)));
	}

	private Map<String, Object> outcomes(List<Pending> group) {
		return RunRow.ROWS.parameters(group.stream().map((one) -> one.claim().run()).toList(), this.json);
	}

	private static Map<UUID, Written> written(JdbcClient.StatementSpec statement) {
		Map<UUID, Written> written = new HashMap<>();
		statement.query((row) -> {
			UUID id = row.getObject("id", UUID.class);
			written.put(id, new Written(id, row.getInt("version"), Columns.time(row, "at"),
					Columns.timeOrNull(row, "cancel_requested_at"), row.getString("cancel_token")));
		});
		return written;
	}

	private static void complete(List<Pending> group, Map<UUID, Written> written, long sentAt) {
		for (Pending one : group) {
			Claim claim = one.claim();
			Written row = written.get(claim.run().id());
			if (row != null) {
				claim.run().renewed(row.version(), row.at(), row.cancelRequestedAt(), row.cancelToken());
				one.result().complete(Optional.of(claim.renewed(sentAt)));
			}
		}
	}

	private void refuse(Pending one) {
		this.refused.increment();
		logger.debug("The claim of run {} had passed on; its outcome was dropped", one.claim().run().id());
		one.result().complete(Optional.empty());
	}

	private static void giveUpWhatIsLate(List<Pending> group, RuntimeException ex) {
		for (Pending one : group) {
			Claim claim = one.claim();
			if (!claim.hasLeft(claim.duration().dividedBy(2))) {
				logger.warn("The outcome of run {} was not stored in time; it is left to fall due again: {}",
						claim.run().id(), ex.getMessage());
				one.result().complete(Optional.empty());
			}
		}
	}

	private record Pending(Claim claim, CompletableFuture<Optional<Claim>> result) {
	}

	private record Written(UUID id, int version, Instant at, @Nullable Instant cancelRequestedAt,
			@Nullable String cancelToken) {
	}

}
