package dev.distributeimage.run;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import jakarta.persistence.EntityManager;
import org.hibernate.query.NativeQuery;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The runs as a queue.
 * <p>
 * <b>A claim postpones the run</b>: one statement picks due rows, hides them until the
 * end of the claim and raises their version. The outcome is written only over that
 * version. A dead worker's run falls due again by itself, and a worker that outlives its
 * claim writes nothing: there is no lock table, no state "in progress" and nothing that
 * cleans up.
 */
@Repository
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
			select {run.*}, {input.*}
			from claimed run
			left join run_input input on input.run_id = case when run.step <> 'getImage' then run.id end""";

	static final String CLAIM_ANY = CLAIM.formatted("");

	static final String CLAIM_CREATES = CLAIM.formatted("and step <> 'getImage'");

	private static final String POSTPONE_OLDEST = """
			update run
			set next_attempt_at = engine_now() + cast(:duration as interval), version = version + 1
			where id = (select id from run
			  where next_attempt_at <= engine_now() and (claimed_until is null or claimed_until <= engine_now())
			  order by next_attempt_at limit 1 for update skip locked)""";

	private final EntityManager entityManager;

	private final JdbcClient jdbc;

	RunQueue(EntityManager entityManager, JdbcClient jdbc) {
		this.entityManager = entityManager;
		this.jdbc = jdbc;
	}

	/**
	 * Where the runs in flight begin in each Region.
	 * @param known what was said before; it spares PostgreSQL what is left in its index
	 * of earlier runs
	 */
	public List<Front> fronts(Collection<Front> known) {
		return fronts(known, known.isEmpty() ? ALWAYS : LATE_WRITES);
	}

	/**
	 * The same, by a look that begins so long before what is known, or before now.
	 */
	public List<Front> fronts(Collection<Front> known, Duration back) {
		return this.jdbc.sql(FRONTS)
			.param("back", back.toString())
			.param("regions", regions(known))
			.param("since", since(known))
			.query((row, number) -> new Front(row.getString("region"), Columns.time(row, "since"),
					row.getBoolean("due")))
			.list();
	}

	/**
	 * Claims due runs, the oldest first, but only so many of each Region.
	 * @param fronts the Regions, and since when the runs were due
	 */
	@Transactional
	public List<Claim> claim(int limit, int regionLimit, Duration duration, Collection<Front> fronts) {
		return claim(CLAIM_ANY, limit, regionLimit, duration, fronts);
	}

	/** The same, but only runs that have something to create. */
	@Transactional
	public List<Claim> claimCreates(int limit, int regionLimit, Duration duration, Collection<Front> fronts) {
		return claim(CLAIM_CREATES, limit, regionLimit, duration, fronts);
	}

	@SuppressWarnings("unchecked")
	private List<Claim> claim(String statement, int limit, int regionLimit, Duration duration,
			Collection<Front> fronts) {
		if (fronts.isEmpty()) {
			return List.of();
		}
		long sentAt = System.nanoTime();
		NativeQuery<Object[]> query = this.entityManager.createNativeQuery(statement + WITH_INPUTS)
			.unwrap(NativeQuery.class);
		List<Object[]> rows = query.addEntity("run", Run.class)
			.addEntity("input", RunInput.class)
			.setParameter("limit", limit)
			.setParameter("regionLimit", regionLimit)
			.setParameter("regions", regions(fronts))
			.setParameter("since", since(fronts))
			.setParameter("duration", duration.toString())
			.getResultList();
		return rows.stream().map((row) -> new Claim((Run) row[0], (RunInput) row[1], sentAt, duration)).toList();
	}

	private static String[] regions(Collection<Front> fronts) {
		return fronts.stream().map(Front::region).toArray(String[]::new);
	}

	private static String[] since(Collection<Front> fronts) {
		return fronts.stream().map((front) -> front.since().toString()).toArray(String[]::new);
	}

	/** Puts the run off that has been due for the longest, without looking at it. */
	@Transactional
	public void postponeOldest(Duration duration) {
		this.entityManager.createNativeQuery(POSTPONE_OLDEST)
			.setParameter("duration", duration.toString())
			.executeUpdate();
	}

	/** The claim with the run as it is stored, if the claim still holds. */
	@Transactional(readOnly = true)
	public Optional<Claim> reload(Claim claim) {
		Run stored = this.entityManager.find(Run.class, claim.run().id());
		return Optional.ofNullable(stored)
			.filter((run) -> run.claimedAt() != null && run.version() == claim.run().version())
			.map(claim::with);
	}

}
