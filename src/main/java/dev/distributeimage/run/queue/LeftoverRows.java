package dev.distributeimage.run.queue;

import java.util.Map;

import dev.distributeimage.run.LeftoverReason;
import dev.distributeimage.run.postgres.ArrayRows;
import dev.distributeimage.run.postgres.StatementText;

/**
 * Rows for what runs leave in AWS, in the statements that change runs: runs that end, and
 * runs that give up an image. A retried run uses again what it had left, except for AMIs
 * of images that it gave up.
 */
final class LeftoverRows {

	static final ArrayRows<Outcome> ROWS = ArrayRows.of(Outcome.class)
		.column("leaves", "leftover_reason", (outcome) -> outcome.run().values().leftoverReason())
		.column("gives_up", "boolean", (outcome) -> outcome.run().hasGivenUpItsImage())
		.build();

	/** Columns of the changed rows that {@link #INSERT} needs. */
	static final String RETURNED = """
			, run.account, run.distribution_configuration_arn, run.image_amis, outcome.leaves, outcome.gives_up""";

	// AWS sends any text, and an index takes no long one. The image that a run
	// distributes is not its own.
	private static final String AMIS = """
			select run_id, cast('ami' as leftover_kind), cast(${reason} as leftover_reason), coalesce(ami ->> 'region', region),
			    coalesce(ami ->> 'accountId', account), ami ->> 'image', owner
			  from ${rows} join run_input on run_id = ${rows}.id cross join lateral jsonb_array_elements(${rows}.image_amis) ami
			  where ${condition} and ami ->> 'image' like 'ami-%' and length(ami ->> 'image') <= 68
			    and ami ->> 'status' is distinct from 'DELETED'
			    and options ->> 'sourceImage' is distinct from ami ->> 'image'""";

	// The image that a run gives up is in the row as it was before. No other change of
	// this row goes without raising its version, except for the note of a cancel.
	//
	// A configuration that the run was told to use is not its own.
	static final String INSERT = StatementText.of(
			"""
					, before as (
					  select run.id, run.region, run.account, run.image_amis from run join outcome using (id) where outcome.gives_up
					), left_behind as (
					  insert into leftover (run_id, kind, reason, region, account, resource, owner)
					  select run_id, cast('distribution-configuration' as leftover_kind), leaves, region, account,
					    distribution_configuration_arn, owner
					  from written join run_input on run_id = written.id
					  where leaves is not null and distribution_configuration_arn is not null
					    and distribution_configuration_arn_expected is not null
					    and (leaves <> 'superseded' or cast(:removesAfterSuccess as boolean))
					  union all
					  ${amis_of_the_image}
					  union all
					  ${amis_given_up}
					  on conflict do nothing
					)""",
			Map.of("amis_of_the_image", amis("leaves", "written", "leaves in ('image-failed', 'run-cancelled')"),
					"amis_given_up",
					amis("'superseded'", "before",
							"before.id in (select id from written) and not exists (select from leftover"
									+ " where leftover.run_id = before.id and resource = ami ->> 'image' and closed_at is null)")));

	/** Closes the rows of retried runs. */
	static final String CLOSE = """
			, used_again as (
			  update leftover
			  set closed_at = case when kind = 'ami' and gives_up then null else engine_now() end,
			      reason = case when kind = 'ami' and gives_up then 'superseded' else leftover.reason end,
			      next_attempt_at = null
			  from written
			  where leftover.run_id = written.id and closed_at is null and leftover.reason <> 'superseded'
			)""";

	private LeftoverRows() {
	}

	private static String amis(String reason, String rows, String condition) {
		return StatementText.of(AMIS, Map.of("reason", reason, "rows", rows, "condition", condition));
	}

	/**
	 * Whether anything may be left.
	 * @param removesAfterSuccess whether the configuration of a successful run is removed
	 * too
	 */
	static boolean mayLeave(Outcome outcome, boolean removesAfterSuccess) {
		LeftoverReason reason = outcome.run().values().leftoverReason();
		return (reason != null && (reason != LeftoverReason.SUPERSEDED || removesAfterSuccess))
				|| outcome.run().hasGivenUpItsImage();
	}

}
