package dev.distributeimage.run;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

import jakarta.persistence.EntityManager;

import org.springframework.stereotype.Component;
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
@Component
public class RunQueue {

	// A run that is due and still claimed had a worker that never reported: if it was to
	// create something, AWS may have carried that out since.
	static final String CLAIM = """
			with due as (
			  select id from run
			  where next_attempt_at <= engine_now() and region <> all(:regionsLeftOut)
			    and (step <> 'getImage' or :polls)
			  order by next_attempt_at
			  limit :limit
			  for update skip locked
			)
			update run
			set next_attempt_at = engine_now() + cast(:duration as interval),
			    version = version + 1,
			    claimed_at = engine_now(),
			    unanswered_since = case when step <> 'getImage' or image_request = 'retryImage'
			      then coalesce(unanswered_since, claimed_at) end
			from due
			where run.id = due.id
			returning run.*""";

	private final EntityManager entityManager;

	private final RunInputs inputs;

	RunQueue(EntityManager entityManager, RunInputs inputs) {
		this.entityManager = entityManager;
		this.inputs = inputs;
	}

	/** Claims due runs, the oldest first, but none of the Regions that are left out. */
	@Transactional
	public List<Claim> claim(int limit, Duration duration, Collection<String> regionsLeftOut) {
		return claim(limit, duration, regionsLeftOut, true);
	}

	/** The same, but only runs that have something to create. */
	@Transactional
	public List<Claim> claimCreates(int limit, Duration duration, Collection<String> regionsLeftOut) {
		return claim(limit, duration, regionsLeftOut, false);
	}

	private List<Claim> claim(int limit, Duration duration, Collection<String> regionsLeftOut, boolean polls) {
		long sentAt = System.nanoTime();
		@SuppressWarnings("unchecked")
		List<Run> runs = this.entityManager.createNativeQuery(CLAIM, Run.class)
			.setParameter("limit", limit)
			.setParameter("duration", duration.toString())
			.setParameter("regionsLeftOut", regionsLeftOut.toArray(String[]::new))
			.setParameter("polls", polls)
			.getResultList();
		Map<UUID, RunInput> asked = inputsOf(runs);
		return runs.stream().map((run) -> new Claim(run, asked.get(run.id()), sentAt, duration)).toList();
	}

	/** The claim with the run as it is stored, if the claim still holds. */
	@Transactional(readOnly = true)
	public Optional<Claim> reload(Claim claim) {
		Run stored = this.entityManager.find(Run.class, claim.run().id());
		return Optional.ofNullable(stored)
			.filter((run) -> run.claimedAt() != null && run.version() == claim.run().version())
			.map(claim::with);
	}

	private Map<UUID, RunInput> inputsOf(List<Run> runs) {
		List<UUID> ids = runs.stream().filter((run) -> run.step() != StepId.GET_IMAGE).map(Run::id).toList();
		return ids.isEmpty() ? Map.of()
				: this.inputs.findAllByRunIdIn(ids)
					.stream()
					.collect(Collectors.toMap(RunInput::runId, Function.identity()));
	}

}
