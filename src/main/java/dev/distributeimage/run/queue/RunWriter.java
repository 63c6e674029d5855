package dev.distributeimage.run.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import dev.distributeimage.run.LastImage;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.Term;
import dev.distributeimage.run.postgres.ArrayRows;
import dev.distributeimage.run.postgres.Batches;
import dev.distributeimage.run.postgres.Batches.Item;
import dev.distributeimage.run.postgres.Batches.Limit;
import dev.distributeimage.run.postgres.Columns;
import dev.distributeimage.run.postgres.DatabaseFailures;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Stores changed runs, for workers and for callers. Inserts, claims and requests to
 * cancel have their own statements.
 * <p>
 * Workers' outcomes are written by group commit: one statement stores a single outcome
 * when idle and hundreds under load, together with their events. An outcome is stored
 * only if the run still has the version of the claim, the fencing token. After a
 * transient failure, such as a lost connection, the group is repeated until half of the
 * lease is left, and an outcome that was stored before its answer was lost is recognized.
 * If a group fails for any other reason, its outcomes are written one by one.
 */
@Component
public class RunWriter {

	/** Limits the size of the statement, not the throughput. */
	private static final int MAX_GROUP = 500;

	/**
	 * The bytes of images with which a group is full: a statement takes several times as
	 * much memory.
	 */
	private static final long HEAVIEST_GROUP = 4 * 1024 * 1024;

	private static final Duration PAUSE_BETWEEN_REPEATS = Duration.ofMillis(100);

	// Claims do not scan the past, so no new due time lies there. A run that is handed
	// back keeps its own. A cancel that the worker has not seen makes the run due at
	// once.
	private static final String NEXT_ATTEMPT = """
			case when outcome.pause is null then run.next_attempt_at
			  when run.cancel_requested_at is not null and not outcome.cancel_seen then engine_now()
			  else greatest(engine_now(), least(engine_now() + outcome.pause, run.deadline)) end""";

	// PostgreSQL compares the version again after waiting for a lock, when the row may
	// have changed. The case hides the condition on claimed_at from the planner: its
	// statistics show almost no claimed runs, and it would compare every run with every
	// outcome.
	private static final String OF_THE_SAME_VERSION = """
			run.id = outcome.id
			  and outcome.version = case when (run.claimed_at is not null) = outcome.claimed then run.version end""";

	// The AMIs of an image that is stored, which may be thousands. Most are listed
	// already
	// by an earlier outcome. Those of an image that the run gives up stay listed: it made
	// them. AWS sends any text, and an index takes no long one.
	private static final String AMI_TERMS = """
			select '%s' || (ami ->> 'image'), number
			  from written cross join lateral jsonb_array_elements(new_amis) ami
			  where new_amis is not null and ami ->> 'image' like 'ami-%%' and length(ami ->> 'image') <= 68"""
		.formatted(Term.ofAmi("").text());

	// Rows are updated in the order of their ids, so two writers cannot deadlock.
	//
	// A timeout is not stored over a cancel that the worker has not seen. The run falls
	// due again at the end of the lease, and the cancel goes first.
	//
	// updated_at is the time of the last event and never goes back: a statement that
	// waited for a lock has an earlier time than the statement it waited for.
	private static final String CHANGE = """
			with outcome as (
			  %s
			  order by id
			), event as (
			  %s
			), written as (
			  update run
			  set %s,
			      %s,
			      image_weight = %s,
			      version = run.version + 1,
			      next_attempt_at = case when outcome.status = 'RUNNING' then %s end,
			      claimed_at = case when outcome.goes_on then engine_now() end,
			      claimed_until = case when outcome.goes_on then engine_now() + cast(:lease as interval) end,
			      image_status_since = case when outcome.image_status is distinct from run.image_status
			        then engine_now() else run.image_status_since end,
			      last_event = run.last_event + outcome.events,
			      updated_at = case when outcome.events = 0 then run.updated_at
			        else greatest(run.updated_at, engine_now()) end,
			      finished_at = case when outcome.status <> 'RUNNING' then greatest(run.updated_at, engine_now()) end
			  from outcome
			  where %s
			    and not (outcome.status = 'TIMED_OUT' and run.cancel_requested_at is not null and not outcome.cancel_seen)
			  returning run.id, run.number, run.region, run.version, engine_now() as at, run.updated_at, run.cancel_requested_at,
			    run.cancel_token, run.last_event - outcome.events as events_before, outcome.new_term,
			    outcome.image_amis as new_amis
			), history as (
			  insert into run_event (number, sequence, at, type, step, by, detail)
			  select number, events_before + event_place, updated_at, event_type, event_step, %s, event_detail
			  from written join event on event_run = id
			), listed as (
			  insert into run_term (term, number)
			  select new_term, number from written where new_term is not null
			  union all
			  %s
			  on conflict do nothing
			)%s
			select id, version, at, cancel_requested_at, cancel_token from written""";

	// AWS explains the failure of a whole Region once, and each destination there shows
	// it.
	private static final String IMAGE_WEIGHT = """
			case when outcome.image_is_stored then run.image_weight
			  when outcome.image_repeated_weight > 0 then outcome.image_weight + outcome.image_repeated_weight
			    * (select weight / %d from run_input where run_id = run.id)
			  else coalesce(outcome.image_weight, 0) end""".formatted(NewRun.DESTINATION_WEIGHT);

	private static final String NOBODY = "null";

	// The engine adds events of its own to those of the caller.
	private static final String REQUESTED_BY = """
			case when event_type in ('CANCEL_REQUESTED', 'RETRY_REQUESTED') then cast(:by as text) end""";

	private static final String IMAGE = RunRow.IMAGE.assignmentsUnless("outcome.image_is_stored", "outcome", "run");

	private static final ArrayRows<Outcome> KNOWN = RunRow.KEYS.and(RunRow.CHANGED_BY_CALLS);

	private static final ArrayRows<Outcome> CALLS = KNOWN.and(RunRow.IMAGE).and(RunRow.IMAGE_WEIGHT);

	private static final ArrayRows<Outcome> REQUESTS = CALLS.and(RunRow.CHANGED_BY_REQUESTS);

	static final String WRITE = CHANGE.formatted(CALLS.select("outcome"), OutcomeEvent.ROWS.select("event"),
			RunRow.CHANGED_BY_CALLS.assignments("outcome"), IMAGE, IMAGE_WEIGHT, NEXT_ATTEMPT, OF_THE_SAME_VERSION,
			NOBODY, AMI_TERMS, "");

	// Brings ended runs back into flight.
	private static final String WRITE_REQUEST = CHANGE.formatted(REQUESTS.select("outcome"),
			OutcomeEvent.ROWS.select("event"),
			RunRow.CHANGED_BY_CALLS.and(RunRow.CHANGED_BY_REQUESTS).assignments("outcome"), IMAGE, IMAGE_WEIGHT,
			NEXT_ATTEMPT, OF_THE_SAME_VERSION, REQUESTED_BY, AMI_TERMS, ", " + RunRegions.noted("written"));

	// Stores an outcome that changes only the due time, as most polls do, or nothing: a
	// run that is handed back.
	private static final String POSTPONE = """
			with outcome as (
			  %s
			  order by id
			)
			update run
			set version = run.version + 1, next_attempt_at = %s, claimed_at = null, claimed_until = null
			from outcome
			where %s
			returning run.id, run.version, engine_now() as at, run.cancel_requested_at, run.cancel_token"""
		.formatted(RunRow.POSTPONED.select("outcome"), NEXT_ATTEMPT, OF_THE_SAME_VERSION);

	// Finds outcomes of this writer whose answer was lost: their version is one higher.
	// Another worker's claim also raises the version, but leaves the run claimed at the
	// same step. An outcome that leaves the run claimed moves it to the next step.
	private static final String WRITTEN_BEFORE = """
			select run.id, run.version, coalesce(run.claimed_at, engine_now()) as at, run.cancel_requested_at,
			  run.cancel_token
			from run join (%s) outcome
			  on run.id = outcome.id and run.version = outcome.version + 1 and run.step = outcome.step
			where case when outcome.goes_on
			    then run.claimed_at is not null else run.claimed_at is null end""".formatted(KNOWN.select("outcome"));

	private static final Logger logger = LoggerFactory.getLogger(RunWriter.class);

	private final Batches<Claim, Optional<Claim>> batches;

	private final JdbcClient jdbc;

	private final JsonMapper json;

	private final Counter refused;

	/**
	 * Creates the writer.
	 * @param runWriterExecutor runs the writes of workers' outcomes, one at a time
	 */
	public RunWriter(JdbcClient jdbc, JsonMapper json, MeterRegistry metrics, Executor runWriterExecutor) {
		this.jdbc = jdbc;
		this.json = json;
		this.batches = new Batches<>(new Limit<>(MAX_GROUP, RunWriter::weight, HEAVIEST_GROUP), runWriterExecutor,
				this::write);
		this.refused = Counter.builder("distribute.image.writes.refused")
			.description("Outcomes refused because their lease had passed to another worker")
			.register(metrics);
	}

	private static long weight(Claim claim) {
		LastImage last = claim.run().image().last();
		return (last != null && last.unstored() != null) ? last.unstored().weight() : 0;
	}

	/**
	 * Stores the outcome of a claim. The future holds the claim, renewed if the run
	 * continues at once. It is empty, with nothing left to do, if the lease had passed to
	 * another worker or the database was away for too long. It fails if the database
	 * refuses the outcome itself.
	 */
	public CompletableFuture<Optional<Claim>> write(Claim claim) {
		return this.batches.add(claim).result();
	}

	/**
	 * Stores a run that a caller's request has changed and no worker holds.
	 * @param by the caller, if there is a sign-in
	 * @return whether the run still had the version that was read
	 */
	boolean write(StoredRun stored, @Nullable String by) {
		Outcome outcome = new Outcome(stored.run(), stored.version(), false);
		return !written(this.jdbc.sql(WRITE_REQUEST)
			.params(REQUESTS.parameters(List.of(outcome), this.json))
			.params(OutcomeEvent.parameters(List.of(outcome), this.json))
			.param("by", by)
			.param("lease", Duration.ZERO.toString())).isEmpty();
	}

	private void write(List<Item<Claim, Optional<Claim>>> group) {
		try {
			write(group, System.nanoTime(), false);
		}
		catch (Throwable ex) {
			logger.error("{} outcomes could not be stored", group.size(), ex);
			throw ex;
		}
	}

	// The leases of a repeated group count from the first attempt, which may have stored
	// it.
	private void write(List<Item<Claim, Optional<Claim>>> group, long firstSentAt, boolean repeated) {
		long sentAt = System.nanoTime();
		try {
			complete(group, store(group), sentAt);
			if (repeated) {
				complete(rest(group), storedBefore(rest(group)), firstSentAt);
			}
			rest(group).forEach(this::refuse);
		}
		catch (RuntimeException ex) {
			if (DatabaseFailures.isTransient(ex)) {
				repeat(group, firstSentAt, repeated, ex);
			}
			else {
				writeOneByOne(group, firstSentAt, ex);
			}
		}
	}

	// A group that fails twice may be too large for the statement timeout, so it is
	// halved.
	private void repeat(List<Item<Claim, Optional<Claim>>> group, long firstSentAt, boolean repeated,
			RuntimeException ex) {
		dropLate(group, ex);
		List<Item<Claim, Optional<Claim>>> rest = rest(group);
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

	// One of the group's statements may have been carried out.
	private void writeOneByOne(List<Item<Claim, Optional<Claim>>> group, long firstSentAt, RuntimeException ex) {
		if (group.size() == 1) {
			group.get(0).result().completeExceptionally(ex);
			return;
		}
		rest(group).forEach((one) -> write(List.of(one), firstSentAt, true));
	}

	private static List<Item<Claim, Optional<Claim>>> rest(List<Item<Claim, Optional<Claim>>> group) {
		return group.stream().filter((one) -> !one.result().isDone()).toList();
	}

	private Map<UUID, Written> store(List<Item<Claim, Optional<Claim>>> group) {
		Map<Boolean, List<Outcome>> outcomes = outcomes(group).stream()
			.collect(Collectors.partitioningBy((outcome) -> outcome.run().isUnchanged()));
		Map<UUID, Written> written = new HashMap<>();
		List<Outcome> changed = outcomes.getOrDefault(false, List.of());
		if (!changed.isEmpty()) {
			written.putAll(written(this.jdbc.sql(WRITE)
				.params(CALLS.parameters(changed, this.json))
				.params(OutcomeEvent.parameters(changed, this.json))
				.param("lease", group.get(0).value().lease().duration().toString())));
		}
		List<Outcome> postponed = outcomes.getOrDefault(true, List.of());
		if (!postponed.isEmpty()) {
			written.putAll(written(this.jdbc.sql(POSTPONE).params(RunRow.POSTPONED.parameters(postponed, this.json))));
		}
		return written;
	}

	private Map<UUID, Written> storedBefore(List<Item<Claim, Optional<Claim>>> group) {
		return group.isEmpty() ? Map.of()
				: written(this.jdbc.sql(WRITTEN_BEFORE).params(KNOWN.parameters(outcomes(group), this.json)));
	}

	private static List<Outcome> outcomes(List<Item<Claim, Optional<Claim>>> group) {
		return group.stream().map((one) -> Outcome.of(one.value())).toList();
	}

	private static Map<UUID, Written> written(JdbcClient.StatementSpec statement) {
		Map<UUID, Written> written = new HashMap<>();
		statement.query((row) -> {
			UUID id = row.getObject("id", UUID.class);
			written.put(id, new Written(row.getInt("version"), Columns.time(row, "at"),
					Columns.timeOrNull(row, "cancel_requested_at"), row.getString("cancel_token")));
		});
		return written;
	}

	private static void complete(List<Item<Claim, Optional<Claim>>> group, Map<UUID, Written> written, long sentAt) {
		for (Item<Claim, Optional<Claim>> one : group) {
			Claim claim = one.value();
			Written row = written.get(claim.run().id());
			if (row != null) {
				claim.run().stored(row.cancelRequestedAt(), row.cancelToken());
				one.result().complete(Optional.of(claim.renewed(row.version(), row.at(), sentAt)));
			}
		}
	}

	private void refuse(Item<Claim, Optional<Claim>> one) {
		this.refused.increment();
		logger.debug("The lease of run {} had passed to another worker; its outcome was dropped",
				one.value().run().id());
		one.result().complete(Optional.empty());
	}

	private static void dropLate(List<Item<Claim, Optional<Claim>>> group, RuntimeException ex) {
		for (Item<Claim, Optional<Claim>> one : rest(group)) {
			if (!one.value().hasTimeToReport()) {
				logger.warn(
						"The outcome of run {} was not stored in time; the run falls due again when its lease expires: {}",
						one.value().run().id(), ex.getMessage());
				one.result().complete(Optional.empty());
			}
		}
	}

	private record Written(int version, Instant at, @Nullable Instant cancelRequestedAt, @Nullable String cancelToken) {
	}

}
