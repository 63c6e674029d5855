package dev.distributeimage.run.view;

import java.util.Optional;
import java.util.UUID;

import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import dev.distributeimage.run.Run;

/** The stored runs, for reading. */
public interface Runs extends Repository<Run, UUID> {

	/** The run with what was asked for. */
	@Query("""
			select new dev.distributeimage.run.view.StoredRun(run, input, cast(function('engine_now') as Instant))
			from Run run join RunInput input on input.runId = run.id
			where run.id = :id""")
	Optional<StoredRun> findStored(UUID id);

	/**
	 * The other run that has the distribution configuration of that ARN, or may have it,
	 * or is about to create it; one that has it before one that may.
	 */
	@Query("""
			select new dev.distributeimage.run.view.NameHolder(run.id,
			  run.distributionConfigurationArn is not null or run.unansweredSince is not null)
			from Run run join RunInput input on input.runId = run.id
			where input.distributionConfigurationArnExpected = :arn and run.id <> :id
			  and (run.distributionConfigurationArn is not null or run.unansweredSince is not null
			    or run.claimedAt is not null)
			order by case when run.distributionConfigurationArn is not null then 1
			  when run.unansweredSince is not null then 2 else 3 end, run.number
			limit 1""")
	Optional<NameHolder> findRival(String arn, UUID id);

	/** How many seconds the run waits that has been due for the longest. */
	@Query(nativeQuery = true,
			value = """
					select cast(greatest(0, coalesce(extract(epoch from engine_now() - min(oldest.next_attempt_at)), 0)) as float8)
					from run_region cross join lateral (
					  select next_attempt_at from run
					  where run.region = run_region.region and next_attempt_at <= engine_now()
					    and (claimed_until is null or claimed_until <= engine_now())
					  order by next_attempt_at limit 1
					) oldest""")
	double dueAge();

}
