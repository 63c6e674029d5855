package dev.distributeimage.run.queue;

import java.util.Map;

import dev.distributeimage.audit.AuditRows;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.Term;
import dev.distributeimage.run.postgres.ArrayRows;
import dev.distributeimage.run.postgres.StatementText;

/** The statements that store changed runs, each together with all that belongs to it. */
final class ChangeStatement {

	// Claims do not scan the past, so no new due time lies there. A run that is handed
	// back keeps its own. A cancel that the worker has not seen makes the run due at
	// once.
	private static final String NEXT_ATTEMPT = """
			case when outcome.pause is null then run.next_attempt_at
			  when run.cancel_requested_at is not null and not outcome.cancel_seen then engine_now()
			  else greatest(engine_now(), least(engine_now() + outcome.pause, run.deadline)) end""";

	// PostgreSQL compares the version again after waiting for a lock, when the row may
	// have changed. The case hides the condition on claimed_at from the planner: its
	// statistics show almost no claimed runs, and it would compare every run with every
	// outcome.
	private static final String OF_THE_SAME_VERSION = """
			run.id = outcome.id
			  and outcome.version = case when (run.claimed_at is not null) = outcome.claimed then run.version end""";

	// The AMIs of an image that is stored, which may be thousands. Most are listed by an
	// earlier outcome already. Those of an image that the run gives up stay listed: it
	// made them. AWS sends any text, and an index takes no long one.
	private static final String AMI_TERMS = """
			select '%s' || (ami ->> 'image'), number
			  from written cross join lateral jsonb_array_elements(new_amis) ami
			  where new_amis is not null and ami ->> 'image' like 'ami-%%' and length(ami ->> 'image') <= 68"""
		.formatted(Term.ofAmi("").text());

	// Rows are updated in the order of their ids, so two writers cannot deadlock.
	//
	// A timeout is not stored over a cancel that the worker has not seen. The run falls
	// due again at the end of the lease, and the cancel goes first.
	//
	// updated_at is the time of the last event and never goes back: a statement that
	// waited for a lock has an earlier time than the statement it waited for.
	private static final String CHANGE = """
			with outcome as (
			  ${outcome}
			  order by id
			), event as (
			  ${event}
			), written as (
			  update run
			  set ${assignments},
			      ${image},
			      image_weight = ${image_weight},
			      version = run.version + 1,
			      next_attempt_at = case when outcome.status = 'RUNNING' then ${next_attempt} end,
			      claimed_at = case when outcome.goes_on then engine_now() end,
			      claimed_until = case when outcome.goes_on then engine_now() + cast(:lease as interval) end,
			      step_since = case when outcome.step <> run.step or run.status <> 'RUNNING'
			        then engine_now() else run.step_since end,
			      image_answered_at = case when outcome.step = 'getImage' and outcome.attempts = 0
			        then engine_now() else run.image_answered_at end,
			      image_status_since = case when outcome.image_status is distinct from run.image_status
			        then engine_now() else run.image_status_since end,
			      last_event = run.last_event + outcome.events,
			      updated_at = case when outcome.events = 0 then run.updated_at
			        else greatest(run.updated_at, engine_now()) end,
			      finished_at = case when outcome.status <> 'RUNNING' then greatest(run.updated_at, engine_now()) end
			  from outcome
			  where ${condition}
			    and not (outcome.status = 'TIMED_OUT' and run.cancel_requested_at is not null and not outcome.cancel_seen)
			  returning run.id, run.number, run.region, run.version, engine_now() as at, run.updated_at, run.cancel_requested_at,
			    run.cancel_token, run.last_event - outcome.events as events_before, outcome.new_term,
			    outcome.image_amis as new_amis, outcome.status, outcome.step${returned}
			), history as (
			  insert into run_event (number, sequence, at, type, step, by, detail)
			  select number, events_before + event_position, updated_at, event_type, event_step, ${by}, event_detail
			  from written join event on event_run = id
			), listed as (
			  insert into run_term (term, number)
			  select new_term, number from written where new_term is not null
			  union all
			  ${ami_terms}
			  on conflict do nothing
			)${more}
			select id, version, at, cancel_requested_at, cancel_token, ${name} from written""";

	// For the log. Polls, which know no name, end runs or have their images built again;
	// all others are spared the lookup.
	private static final String NAME = """
			case when %1$s.status <> 'RUNNING' or %1$s.step <> 'getImage'
			  then (select distribution_name from run_input where run_id = %1$s.id) end as distribution_name""";

	private static final String WRITTEN_NAME = NAME.formatted("written");

	// AWS explains the failure of a whole Region once, and each destination there shows
	// it.
	private static final String IMAGE_WEIGHT = """
			case when outcome.image_is_stored then run.image_weight
			  when outcome.image_repeated_weight > 0 then outcome.image_weight + outcome.image_repeated_weight
			    * (select weight / %d from run_input where run_id = run.id)
			  else coalesce(outcome.image_weight, 0) end""".formatted(NewRun.DESTINATION_WEIGHT);

	// The array keeps the planner from a join with all runs in flight.
	private static final String NO_LONGER_IN_FLIGHT = """
			, no_longer_in_flight as (
			  delete from run_in_flight where run_id = any (array(select id from written where status <> 'RUNNING'))
			)""";

	private static final String IN_FLIGHT_AGAIN = """
			, in_flight_again as (
			  insert into run_in_flight (run_id, owner)
			  select run_id, owner from written join run_input on run_id = id where owner is not null
			  on conflict do nothing
			)""";

	// The owner's lock goes before that of the run, as it does for new runs.
	private static final String WITHIN_LIMIT = """
			(
			      select run_again_within_limit(owner, cast(:most as integer)) from run_input
			      where run_id = any (array(select id from outcome)))""";

	private static final String NOBODY = "null";

	// The engine adds events of its own to those of the caller.
	private static final String REQUESTED_BY = """
			case when event_type in ('CANCEL_REQUESTED', 'RETRY_REQUESTED') then cast(:by as text) end""";

	private static final String AUDITED = "audited as (%s)"
		.formatted(AuditRows.insert("written cross join (select cast(:audit as jsonb) as audit) given", "written.at"));

	private static final String IMAGE = RunRow.IMAGE.assignmentsUnless("outcome.image_is_stored", "outcome", "run");

	/** The columns by which an outcome is recognized. */
	static final ArrayRows<Outcome> KNOWN = RunRow.KEYS.and(RunRow.CHANGED_BY_CALLS);

	/** The columns of workers' outcomes. */
	static final ArrayRows<Outcome> CALLS = KNOWN.and(RunRow.IMAGE).and(RunRow.IMAGE_WEIGHT);

	/** The columns of callers' changes. */
	static final ArrayRows<Outcome> REQUESTS = CALLS.and(RunRow.CHANGED_BY_REQUESTS).and(LeftoverRows.ROWS);

	/** The columns of outcomes of which some leave something in AWS. */
	static final ArrayRows<Outcome> CALLS_WITH_LEFTOVERS = CALLS.and(LeftoverRows.ROWS);

	/** Stores workers' outcomes. */
	static final String WRITE = change(CALLS, Map.of("assignments", RunRow.CHANGED_BY_CALLS.assignments("outcome"),
			"condition", OF_THE_SAME_VERSION, "returned", "", "by", NOBODY, "more", NO_LONGER_IN_FLIGHT));

	/** Stores workers' outcomes, and what they leave in AWS. */
	static final String WRITE_WITH_LEFTOVERS = change(CALLS_WITH_LEFTOVERS,
			Map.of("assignments", RunRow.CHANGED_BY_CALLS.assignments("outcome"), "condition", OF_THE_SAME_VERSION,
					"returned", LeftoverRows.RETURNED, "by", NOBODY, "more",
					NO_LONGER_IN_FLIGHT + LeftoverRows.INSERT));

	/**
	 * Stores a caller's change, with the record of it. It may bring an ended run back
	 * into flight: then the run uses again what it had left.
	 */
	static final String WRITE_REQUEST = change(REQUESTS, Map.of("assignments",
			RunRow.CHANGED_BY_CALLS.and(RunRow.CHANGED_BY_REQUESTS).assignments("outcome")
					+ ", configuration_removal = null",
			"condition", OF_THE_SAME_VERSION + " and " + WITHIN_LIMIT, "returned", LeftoverRows.RETURNED, "by",
			REQUESTED_BY, "more", ", " + RunRegions.noted("written") + ", " + AUDITED + IN_FLIGHT_AGAIN
					+ LeftoverRows.CLOSE + LeftoverRows.INSERT));

	/**
	 * Stores outcomes that change only the due time, as most polls do, or nothing: runs
	 * that are handed back.
	 */
	static final String POSTPONE = StatementText.of("""
			with outcome as (
			  ${outcome}
			  order by id
			)
			update run
			set version = run.version + 1, next_attempt_at = ${next_attempt}, claimed_at = null, claimed_until = null,
			    image_answered_at = case when outcome.pause is null then run.image_answered_at else engine_now() end
			from outcome
			where ${condition}
			returning run.id, run.version, engine_now() as at, run.cancel_requested_at, run.cancel_token,
			  cast(null as text) as distribution_name""", Map.of("outcome", RunRow.POSTPONED.select("outcome"),
			"next_attempt", NEXT_ATTEMPT, "condition", OF_THE_SAME_VERSION));

	/**
	 * Finds outcomes of this writer whose answer was lost: their version is one higher.
	 * Another worker's claim also raises the version, but leaves the run claimed at the
	 * same step. An outcome that leaves the run claimed moves it to the next step.
	 */
	static final String WRITTEN_BEFORE = StatementText.of("""
			select run.id, run.version, coalesce(run.claimed_at, engine_now()) as at, run.cancel_requested_at,
			  run.cancel_token, ${name}
			from run join (${outcome}) outcome
			  on run.id = outcome.id and run.version = outcome.version + 1 and run.step = outcome.step
			where case when outcome.goes_on
			    then run.claimed_at is not null else run.claimed_at is null end""",
			Map.of("name", NAME.formatted("run"), "outcome", KNOWN.select("outcome")));

	private ChangeStatement() {
	}

	private static String change(ArrayRows<Outcome> rows, Map<String, String> parts) {
		Map<String, String> ofAll = Map.of("outcome", rows.select("outcome"), "event",
				OutcomeEvent.ROWS.select("event"), "image", IMAGE, "image_weight", IMAGE_WEIGHT, "next_attempt",
				NEXT_ATTEMPT, "ami_terms", AMI_TERMS, "name", WRITTEN_NAME);
		return StatementText.of(CHANGE, ofAll, parts);
	}

}
