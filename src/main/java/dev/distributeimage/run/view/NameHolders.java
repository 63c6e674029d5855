package dev.distributeimage.run.view;

import java.util.Optional;
import java.util.UUID;

import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;

/** The runs that hold the name of a distribution configuration, but for removed ones. */
public interface NameHolders extends Repository<RunSnapshot, UUID> {

	/**
	 * The run other than the given one that has the distribution configuration of an ARN,
	 * may have it, or is about to create it, in this order of preference.
	 */
	@NativeQuery("""
			select run.id, distribution_configuration_arn is not null or unanswered_since is not null as certain,
			  coalesce((select asking.owner is not null and asking.owner is distinct from run_input.owner
			    from run_input asking where asking.run_id = :id), false) as of_other_owner
			from run_input join run on run.id = run_input.run_id
			where distribution_configuration_arn_expected = :arn and run.id <> :id
			  and configuration_removal is distinct from 'REMOVED'
			  and (distribution_configuration_arn is not null or unanswered_since is not null or claimed_at is not null)
			order by case when distribution_configuration_arn is not null then 1
			  when unanswered_since is not null then 2 else 3 end, run.number
			limit 1""")
	Optional<NameHolder> findOther(String arn, UUID id);

}
