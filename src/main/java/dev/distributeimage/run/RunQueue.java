package dev.distributeimage.run;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import jakarta.persistence.EntityManager;
import org.hibernate.query.NativeQuery;

import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The runs as a queue.
 * <p>
 * <b>A claim postpones the run</b>: one statement picks due rows, moves their due time to
 * the end of the claim and raises their version. The outcome is written only over that
 * version. A dead worker's run falls due again by itself, and a worker that outlives its
 * claim writes nothing: there is no lock table, no state "in progress" and nothing that
 * cleans up.
 */
@Repository
public class RunQueue {

	// The Regions are found by a loose scan of the index, and each has its own oldest
	// runs: a Region that is left out costs nothing, however many of its runs are due.
	//
	// The rows are locked, so that they can be updated where they are.
	//
	// A run that is due and still claimed had a worker that never reported: if it was to
	// create something, AWS may have carried that out since.
	private static final String CLAIM = """
			with recursive regions (region) as (
			  (select region from run where next_attempt_at is not null %1$s order by region limit 1)
			  union all
			  select (select run.region from run
			    where next_attempt_at is not null %1$s and run.region > regions.region
			    order by run.region limit 1)
			  from regions where regions.region is not null
			), due as (
			  select oldest.place
			  from regions cross join lateral (
			    select ctid as place, next_attempt_at from run
			    where run.region = regions.region and next_attempt_at <= engine_now() %1$s
			      and (claimed_until is null or claimed_until <= engine_now())
			    order by next_attempt_at
			    limit :regionLimit
			    for update skip locked
			  ) oldest
			  where regions.region is not null and regions.region <> all(:regionsLeftOut)
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

	private static final String WITH_INPUTS = """
			select {run.*}, {input.*}
			from claimed run left join run_input input on input.run_id = run.id and run.step <> 'getImage'""";

	static final String CLAIM_ANY = CLAIM.formatted("");

	static final String CLAIM_CREATES = CLAIM.formatted("and step <> 'getImage'");

	private static final String CLAIM_IN_REGION = CLAIM.formatted("and region = :region");

	private static final String POSTPONE_OLDEST = """
			update run
			set next_attempt_at = engine_now() + cast(:duration as interval), version = version + 1
			where id = (select id from run
			  where next_attempt_at <= engine_now() and (claimed_until is null or claimed_until <= engine_now())
			  order by next_attempt_at limit 1 for update skip locked)""";

	private final EntityManager entityManager;

	RunQueue(EntityManager entityManager) {
		this.entityManager = entityManager;
	}

	/** Claims due runs, the oldest first, but none of the Regions that are left out. */
	@Transactional
	public List<Claim> claim(int limit, Duration duration, Collection<String> regionsLeftOut) {
		return claim(limit, limit, duration, regionsLeftOut);
	}

	/** The same, but only so many of each Region. */
	@Transactional
	public List<Claim> claim(int limit, int regionLimit, Duration duration, Collection<String> regionsLeftOut) {
		return claim(query(CLAIM_ANY, limit, regionLimit, regionsLeftOut), duration);
	}

	/** The same, but only runs that have something to create. */
	@Transactional
	public List<Claim> claimCreates(int limit, int regionLimit, Duration duration, Collection<String> regionsLeftOut) {
		return claim(query(CLAIM_CREATES, limit, regionLimit, regionsLeftOut), duration);
	}

	/** Claims due runs of one Region. */
	@Transactional
	public List<Claim> claimIn(String region, int limit, Duration duration) {
		return claim(query(CLAIM_IN_REGION, limit, limit, List.of()).setParameter("region", region), duration);
	}

	@SuppressWarnings("unchecked")
	private NativeQuery<Object[]> query(String statement, int limit, int regionLimit,
			Collection<String> regionsLeftOut) {
		NativeQuery<Object[]> query = this.entityManager.createNativeQuery(statement + WITH_INPUTS)
			.unwrap(NativeQuery.class);
		return query.setParameter("limit", limit)
			.setParameter("regionLimit", regionLimit)
			.setParameter("regionsLeftOut", regionsLeftOut.toArray(String[]::new));
	}

	private List<Claim> claim(NativeQuery<Object[]> query, Duration duration) {
		long sentAt = System.nanoTime();
		List<Object[]> rows = query.addEntity("run", Run.class)
			.addEntity("input", RunInput.class)
			.setParameter("duration", duration.toString())
			.getResultList();
		return rows.stream().map((row) -> new Claim((Run) row[0], (RunInput) row[1], sentAt, duration)).toList();
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
