package dev.distributeimage.run.queue;

import java.util.Map;
import java.util.UUID;

import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.TargetAccounts;
import dev.distributeimage.run.Term;
import tools.jackson.databind.JsonNode;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The distributions of configurations that were there already, as AWS showed them to the
 * runs that use them. They are for callers: the engine does not need them.
 */
@Component
public class ReusedConfigurations {

	private static final String IS_UNREAD = "select distributions_read is null from run_input where run_id = :run";

	// The Regions find the run in lists from now on.
	private static final String STORE = """
			with stored as (
			  update run_input
			  set distributions_read = cast(:distributions as jsonb),
			      weight = weight + :weight
			  where run_id = :run and distributions_read is null
			  returning number
			)
			insert into run_term (term, number)
			select term, number from stored cross join unnest(cast(:terms as text[])) as term
			on conflict do nothing""";

	private final JdbcClient jdbc;

	ReusedConfigurations(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Whether AWS has not been asked yet for the configuration that the run uses. */
	public boolean isUnread(UUID run) {
		return this.jdbc.sql(IS_UNREAD).param("run", run).query(Boolean.class).single();
	}

	/**
	 * Stores what AWS showed.
	 * @param distributions a list of Image Builder's {@code Distribution}; none if AWS
	 * refused to show it
	 */
	public void read(Run run, JsonNode distributions) {
		int destinations = TargetAccounts.count(distributions, run.place().account());
		this.jdbc.sql(STORE)
			.params(Map.of("run", run.id(), "distributions", distributions.toString(), "weight",
					NewRun.DESTINATION_WEIGHT * destinations, "terms",
					Term.ofRegions(distributions).stream().map(Term::text).toArray(String[]::new)))
			.update();
	}

}
