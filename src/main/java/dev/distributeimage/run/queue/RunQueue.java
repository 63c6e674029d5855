package dev.distributeimage.run.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.distributeimage.run.postgres.Columns;
import dev.distributeimage.run.postgres.StatementText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The queue of due runs.
 * <p>
 * <b>A claim is a lease that hides the run</b>: one statement selects due rows, hides
 * them until the lease expires and raises their version, the fencing token. The outcome
 * is written only over that version. A dead worker's run falls due again by itself, and a
 * worker that outlives its lease writes nothing. There is no lock table, no state "in
 * progress" and no cleanup job.
 */
@Component
public class RunQueue {

	// Finds the earliest due time in each Region. A scan from the last marks begins some
	// seconds before them: a write may become visible late, with a due time before the
	// last scan.
	private static final String LOW_WATER_MARKS = """
			select region, least(oldest.next_attempt_at, engine_now()) as since,
			  cast(extract(epoch from engine_now() - least(oldest.next_attempt_at, engine_now())) * 1000000 as bigint) as due_for,
			  coalesce(oldest.next_attempt_at <= engine_now(), false) as due,
			  oldest.attempts is not null as in_flight, coalesce(oldest.attempts > 0, false) as failing
			from run_region
			left join unnest(cast(:regions as text[]), cast(:since as timestamptz[])) as known (region, since) using (region)
			left join lateral (
			  select next_attempt_at, attempts from run
			  where run.region = run_region.region and next_attempt_at %s
			  order by next_attempt_at
			  limit 1
			) oldest on true""";

	private static final String MARKS_BY_FULL_SCAN = LOW_WATER_MARKS.formatted("is not null");

	/** Exceeds the timeout of every statement that sets a due time. */
	private static final String LATE_WRITE_MARGIN = "20 seconds";

	private static final String MARKS_FROM_THE_LAST = LOW_WATER_MARKS
		.formatted(">= least(known.since, engine_now()) - interval '%s'".formatted(LATE_WRITE_MARGIN));

	// Each Region is scanned by itself, so a Region that is left out costs nothing,
	// however many of its runs are due.
	//
	// The rows are locked, so they stay where they are and can be updated by their ctid.
	//
	// A run that is due and still claimed had a worker that never reported. If the run
	// was to create something, as in RunValues.createsSomething(), AWS may have carried
	// that out since the claim. A ListWorkflowExecutions keeps the time, which a restore
	// may have set for the RetryImage after it.
	private static final String CLAIM = """
			with due as (
			  select oldest.row
			  from unnest(cast(:regions as text[]), cast(:since as timestamptz[])) as mark (region, since)
			  cross join lateral (
			    select ctid as row, next_attempt_at from run
			    where run.region = mark.region and next_attempt_at >= mark.since and next_attempt_at <= engine_now() %1$s
			      and (claimed_until is null or claimed_until <= engine_now())
			    order by next_attempt_at
			    limit :regionLimit
			    for update skip locked
			  ) oldest
			  order by oldest.next_attempt_at
			  limit :limit
			), claimed as (
			  update run
			  set version = version + 1,
			      claimed_at = engine_now(),
			      claimed_until = engine_now() + cast(:duration as interval),
			      unanswered_since = case when step <> 'getImage' or retry_call = 'retryImage'
			        then coalesce(unanswered_since, claimed_at) when retry_call is not null then unanswered_since end
			  where ctid = any (array(select row from due))
			  returning *
			)
			""";

	// The case saves polls a lookup of the input, which they do not need. A run that has
	// its configuration is in flight, so that nobody begins to remove it.
	private static final String WITH_INPUTS = StatementText.of("""
			select version, next_attempt_at, claimed_at, run.created_at, step_since, image_answered_at, trace_parent,
			  ${columns}, ${input_columns},
			  case when step <> 'getImage' then ${being_freed} end as name_is_being_freed
			from claimed run
			left join run_input on run_id = case when step <> 'getImage' then id end""",
			Map.of("columns", RunRow.COLUMNS, "input_columns", RunRow.INPUT_COLUMNS, "being_freed", RemovalQueue
				.isUnderWay("coalesce(distribution_configuration_arn, distribution_configuration_arn_expected)")));

	static final String CLAIM_ANY = CLAIM.formatted("");

	// Must match the index run_due_before_polls and RunValues.isOnlyToBePolled().
	static final String CLAIM_BEFORE_POLLS = CLAIM.formatted("""
			and (step <> 'getImage' or retry_call is not null or cancel_requested_at is not null
			  and not cancel_answered)""");

	private static final String STILL_CLAIMED = """
			select %s from run where id = :id and version = :version and claimed_at is not null"""
		.formatted(RunRow.COLUMNS);

	private static final Logger logger = LoggerFactory.getLogger(RunQueue.class);

	private final JdbcClient jdbc;

	private final RunRow row;

	private final RunRegions regions;

	RunQueue(JdbcClient jdbc, RunRow row, RunRegions regions) {
		this.jdbc = jdbc;
		this.regions = regions;
		this.row = row;
	}

	/** Reads the low-water marks of all Regions by a full scan. */
	public List<LowWaterMark> lowWaterMarks() {
		return lowWaterMarks(MARKS_BY_FULL_SCAN, List.of());
	}

	/** Forgets the Regions that have no run in flight. */
	void forget(Collection<LowWaterMark> idle) {
		if (!idle.isEmpty()) {
			this.regions.forget(idle.stream().map(LowWaterMark::region).toList());
		}
	}

	/**
	 * Reads the low-water marks of all Regions by a scan from the last ones.
	 * @param known the last marks; they save PostgreSQL from reading the dead index
	 * entries of earlier runs
	 */
	public List<LowWaterMark> lowWaterMarks(Collection<LowWaterMark> known) {
		return lowWaterMarks(MARKS_FROM_THE_LAST, known);
	}

	private List<LowWaterMark> lowWaterMarks(String statement, Collection<LowWaterMark> known) {
		return this.jdbc.sql(statement)
			.param("regions", regions(known))
			.param("since", since(known))
			.query((result, number) -> new LowWaterMark(result.getString("region"), Columns.time(result, "since"),
					result.getBoolean("due"), Duration.of(result.getLong("due_for"), ChronoUnit.MICROS),
					result.getBoolean("in_flight"), result.getBoolean("failing")))
			.list();
	}

	/**
	 * Claims due runs, the oldest first, up to a limit per Region.
	 * @param marks the Regions to claim from, with the due times to scan from
	 */
	public List<Claim> claim(int limit, int regionLimit, Duration duration, Collection<LowWaterMark> marks) {
		return claim(CLAIM_ANY, limit, regionLimit, duration, marks);
	}

	/**
	 * Claims due runs as {@link #claim} does, but only those whose next call is more than
	 * a poll.
	 */
	public List<Claim> claimBeforePolls(int limit, int regionLimit, Duration duration, Collection<LowWaterMark> marks) {
		return claim(CLAIM_BEFORE_POLLS, limit, regionLimit, duration, marks);
	}

	private List<Claim> claim(String statement, int limit, int regionLimit, Duration duration,
			Collection<LowWaterMark> marks) {
		if (marks.isEmpty()) {
			return List.of();
		}
		long sentAt = System.nanoTime();
		return this.jdbc.sql(statement + WITH_INPUTS)
			.param("limit", limit)
			.param("regionLimit", regionLimit)
			.param("regions", regions(marks))
			.param("since", since(marks))
			.param("duration", duration.toString())
			.query((result, number) -> claim(result, sentAt, duration))
			.list()
			.stream()
			.flatMap(Optional::stream)
			.toList();
	}

	// All rows are claimed by now, so a row that cannot be read must not hide the others.
	// It is due again when its lease ends.
	private Optional<Claim> claim(ResultSet result, long sentAt, Duration duration) throws SQLException {
		try {
			Lease lease = new Lease(result.getInt("version"), Columns.time(result, "next_attempt_at"),
					Columns.time(result, "claimed_at"), duration, sentAt, Duration.ZERO, times(result));
			Origin origin = new Origin(result.getString("distribution_name"), result.getString("trace_parent"));
			return Optional.of(new Claim(this.row.run(result), this.row.input(result),
					result.getBoolean("name_is_being_freed"), lease, origin));
		}
		catch (RuntimeException ex) {
			logger.error("Run {} cannot be read; it falls due again when its lease expires", result.getString("id"),
					ex);
			return Optional.empty();
		}
	}

	private static Times times(ResultSet result) throws SQLException {
		return new Times(Columns.time(result, "created_at"), Columns.time(result, "step_since"),
				Columns.timeOrNull(result, "image_answered_at"));
	}

	private static String[] regions(Collection<LowWaterMark> marks) {
		return marks.stream().map(LowWaterMark::region).toArray(String[]::new);
	}

	private static String[] since(Collection<LowWaterMark> marks) {
		return marks.stream().map(LowWaterMark::since).map(Instant::toString).toArray(String[]::new);
	}

	/** Returns the claim with the run as stored, if the lease still holds. */
	public Optional<Claim> reload(Claim claim) {
		return this.jdbc.sql(STILL_CLAIMED)
			.param("id", claim.run().id())
			.param("version", claim.lease().version())
			.query((result, number) -> this.row.run(result))
			.optional()
			.map(claim::with);
	}

}
