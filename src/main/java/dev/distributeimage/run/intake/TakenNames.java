package dev.distributeimage.run.intake;

import java.util.Map;
import java.util.Optional;

import dev.distributeimage.caller.Caller;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.Warning;
import dev.distributeimage.run.postgres.StatementText;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Finds runs that have the name of a new run's distribution configuration. Names are
 * unique per account and Region, so AWS refuses the new run while the configuration of
 * the other is there.
 * <p>
 * A run has its name until its configuration is known to be gone. This service does not
 * notice when somebody else deletes one: those known to be gone are those that it has
 * removed, and those that were never made, because their runs ended before. Hence a
 * warning and not a refusal. Runs that are stored by the same statement do not see each
 * other. The run of another owner is not named, since the caller may not be meant to know
 * of it.
 */
@Component
class TakenNames {

	private static final String POINTER = "/distributionName";

	private static final String DETAIL = "%s has this name in the same account and Region. "
			+ "AWS refuses the name unless the distribution configuration of that run was deleted.";

	// A name may be that of thousands of runs that ended before they had a configuration,
	// such as runs that are refused because the name is taken. The scalar subquery is
	// there because the planner cannot turn it into a join.
	private static final String HOLDER = """
			select case when coalesce(owner = ${owner}, ${owner} is null) then 'The run ' || run_id else 'A run of another owner' end
			from (
			  select run_id, number, owner from run_input
			  where distribution_configuration_arn_expected = ${arn} and client_token <> ${token}
			  order by number desc limit 100
			) named
			where (
			  select status = 'RUNNING' or configuration_removal is distinct from 'REMOVED'
			    and (distribution_configuration_arn is not null or unanswered_since is not null)
			  from run where id = run_id)
			order by number desc limit 1""";

	private final JdbcClient jdbc;

	TakenNames(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Returns a lateral subquery with one column: the warnings of a new run and, if there
	 * is a run with its name, one about that.
	 * @param run the row of the new run
	 * @param owner the owner of the new run, or a null
	 */
	static String warnings(String run, String owner) {
		// Without the offset, the planner would copy the subquery to each place that uses
		// it.
		return StatementText.of("""
				(
				  select case when held_by is null then ${run}.warnings else coalesce(${run}.warnings, '[]')
				    || jsonb_build_object('pointer', '${pointer}', 'detail', format('${detail}', held_by)) end
				  from (select (${holder}) as held_by offset 0) holder
				)""", Map.of("run", run, "pointer", POINTER, "detail", DETAIL, "holder",
				holder(run + ".expected_arn", run + ".token", owner)));
	}

	private static String holder(String arn, String token, String owner) {
		return StatementText.of(HOLDER, Map.of("arn", arn, "token", token, "owner", owner));
	}

	/**
	 * Returns a warning if there is a run with the name of a new run. A run with the same
	 * client token is no other.
	 * @throws DataAccessException if the database cannot tell
	 */
	Optional<Warning> warning(NewRun run, Caller caller) {
		String arn = run.input().distributionConfigurationArnExpected();
		if (arn == null) {
			return Optional.empty();
		}
		return this.jdbc.sql(holder(":arn", "coalesce(:token, '')", "cast(:owner as text)"))
			.param("arn", arn)
			.param("token", run.clientToken())
			.param("owner", caller.owner())
			.query(String.class)
			.optional()
			.map((holder) -> new Warning(POINTER, DETAIL.formatted(holder)));
	}

}
