package dev.distributeimage.run.intake;

/**
 * Statements that request removals of distribution configurations, each with an event of
 * its run. A row may change between the look at it and the change of its run: whatever
 * changes it raises the run's version.
 */
final class RemovalRequests {

	private static final String REQUEST = """
			with asked as (
			  %1$s
			), held as (
			  update run
			  set configuration_removal = 'REQUESTED', version = run.version + 1, last_event = last_event + 1,
			      updated_at = greatest(updated_at, engine_now())
			  from asked
			  where run.id = asked.run_id and run.version = asked.version and status <> 'RUNNING'
			    and configuration_removal is null
			  returning asked.id, run.number, run.last_event, run.updated_at, run.step
			), requested as (
			  update leftover
			  set requested_at = engine_now(), requested_by = %2$s, automatic = %3$s,
			      automatic_at = case when %3$s then engine_now() else automatic_at end,
			      next_attempt_at = engine_now(), attempts = 0, failure = null
			  from held
			  where leftover.id = held.id
			  returning held.*, leftover.resource, leftover.requested_at, leftover.requested_by, leftover.automatic
			)%4$s
			insert into run_event (number, sequence, at, type, step, by, detail)
			select number, last_event, updated_at, 'REMOVAL_REQUESTED', step, requested_by,
			  jsonb_build_object('distributionConfigurationArn', resource, 'automatic', automatic)
			from requested""";

	private RemovalRequests() {
	}

	/**
	 * Returns such a statement.
	 * @param asked a query for rows of leftover, with the versions of their runs
	 * @param by who requests it
	 * @param automatic whether that is the service itself
	 * @param more further common table expressions
	 */
	static String of(String asked, String by, String automatic, String more) {
		return REQUEST.formatted(asked, by, automatic, more);
	}

}
