package dev.distributeimage.run.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.postgres.Columns;

/**
 * The runs as a queue.
 * <p>
 * <b>A claim postpones the run</b>: one statement picks due rows, hides them until the
 * end of the claim and raises their version. The outcome is written only over that
 * version. A dead worker's run falls due again by itself, and a worker that outlives its
 * claim writes nothing: there is no lock table, no state "in progress" and nothing that
 * cleans up.
 */
@Component
public class RunQueue {

	/**
	 * How late a write may be seen whose due time was reckoned before a look: longer than
	 * an answer is waited for.
	 */
	private static final Duration LATE_WRITES = Duration.ofSeconds(20);

	/** Longer than any run may have been due. */
	public static final Duration ALWAYS = Duration.ofDays(36_500);

	private static final String FRONTS = """
			select region, least(oldest.next_attempt_at, engine_now()) as since,
			  coalesce(oldest.next_attempt_at <= engine_now(), false) as due
			from run_region
			left join unnest(cast(:regions as text[]), cast(:since as timestamptz[])) as known (region, since) using (region)
			left join lateral (
			  select next_attempt_at from run
			  where run.region = run_region.region
			    and next_attempt_at >= least(known.since, engine_now()) - cast(:back as interval)
			  order by next_attempt_at
			  limit 1
			) oldest on true""";

	// Each Region has its own oldest runs: one that is left out costs nothing, however
	// many of its runs are due.
	//
	// The rows are locked, so that they can be updated where they are.
	//
	// A run that is due and still claimed had a worker that never reported: if it was to
	// create something, AWS may have carried that out since.
	private static final String CLAIM = """
			with due as (
			  select oldest.place
			  from unnest(cast(:regions as text[]), cast(:since as timestamptz[])) as front (region, since)
			  cross join lateral (
			    select ctid as place, next_attempt_at from run
			    where run.region = front.region and next_attempt_at >= front.since and next_attempt_at <= engine_now() %1$s
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
			      unanswered_since = case when step <> 'getImage' or image_request = 'retryImage'
			        then coalesce(unanswered_since, claimed_at) end
			  where ctid = any (array(select place from due))
			  returning *
			)
			""";

	// The case keeps PostgreSQL from looking up what a poll has no need of.
	private static final String WITH_INPUTS = """
			select %s, %s
			from claimed run
			left join run_input on run_id = case when step <> 'getImage' then id end""".formatted(Run.COLUMNS,
			RunInput.COLUMNS);

	static final String CLAIM_ANY = CLAIM.formatted("");

	// As in the index for it.
	static final String CLAIM_BEFORE_POLLS = CLAIM.formatted("""
			and (step <> 'getImage' or image_request is not null or cancel_requested_at is not null
			  and not cancel_answered)""");

	private static final String STILL_CLAIMED = """
			select %s from run where id = :id and version = :version and claimed_at is not null"""
		.formatted(Run.COLUMNS);

	private static final Logger logger = LoggerFactory.getLogger(RunQueue.class);

	private final JdbcClient jdbc;

	private final JsonMapper json;

	// What has members that are not known here was written by a later version, which is
	// left to carry the run on.
	RunQueue(JdbcClient jdbc, JsonMapper json) {
		this.jdbc = jdbc;
		this.json = json.rebuild().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
	}

	/**
	 * Where the runs in flight begin in each Region.
	 * @param known what was said before; it spares PostgreSQL what is left in its index
	 * of earlier runs
	 */
	public List<LowWaterMark> fronts(Collection<LowWaterMark> known) {
		return fronts(known, LATE_WRITES);
	}

	/**
	 * The same, by a look that begins so long before what is known, or before now.
	 */
	public List<LowWaterMark> fronts(Collection<LowWaterMark> known, Duration back) {
		return this.jdbc.sql(FRONTS)
			.param("back", back.toString())
			.param("regions", regions(known))
			.param("since", since(known))
			.query((row, number) -> new LowWaterMark(row.getString("region"), Columns.time(row, "since"),
					row.getBoolean("due")))
			.list();
	}

	/**
	 * Claims due runs, the oldest first, but only so many of each Region.
	 * @param fronts the Regions, and since when the runs were due
	 */
	public List<Claim> claim(int limit, int regionLimit, Duration duration, Collection<LowWaterMark> fronts) {
		return claim(CLAIM_ANY, limit, regionLimit, duration, fronts);
	}

	/** The same, but only runs that have more to do than to be polled. */
	public List<Claim> claimBeforePolls(int limit, int regionLimit, Duration duration,
			Collection<LowWaterMark> fronts) {
		return claim(CLAIM_BEFORE_POLLS, limit, regionLimit, duration, fronts);
	}

	private List<Claim> claim(String statement, int limit, int regionLimit, Duration duration,
			Collection<LowWaterMark> fronts) {
		if (fronts.isEmpty()) {
			return List.of();
		}
		long sentAt = System.nanoTime();
		return this.jdbc.sql(statement + WITH_INPUTS)
			.param("limit", limit)
			.param("regionLimit", regionLimit)
			.param("regions", regions(fronts))
			.param("since", since(fronts))
			.param("duration", duration.toString())
			.query((row, number) -> claim(row, sentAt, duration))
			.list()
			.stream()
			.flatMap(Optional::stream)
			.toList();
	}

	// All rows of the statement are claimed by now, so that one which cannot be read must
	// not hide the others. Its own claim postpones it.
	private Optional<Claim> claim(ResultSet row, long sentAt, Duration duration) throws SQLException {
		try {
			RunInput input = (row.getString("run_id") != null) ? RunInput.of(row, this.json) : null;
			return Optional.of(new Claim(Run.of(row, this.json), input, sentAt, duration));
		}
		catch (RuntimeException ex) {
			logger.error("Run {} cannot be read; it is left to fall due again", row.getString("id"), ex);
			return Optional.empty();
		}
	}

	private static String[] regions(Collection<LowWaterMark> fronts) {
		return fronts.stream().map(LowWaterMark::region).toArray(String[]::new);
	}

	private static String[] since(Collection<LowWaterMark> fronts) {
		return fronts.stream().map((front) -> front.since().toString()).toArray(String[]::new);
	}

	/** The claim with the run as it is stored, if the claim still holds. */
	public Optional<Claim> reload(Claim claim) {
		return this.jdbc.sql(STILL_CLAIMED)
			.param("id", claim.run().id())
			.param("version", claim.run().version())
			.query((row, number) -> Run.of(row, this.json))
			.optional()
			.map(claim::with);
	}

}
