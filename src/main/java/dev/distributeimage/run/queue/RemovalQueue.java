package dev.distributeimage.run.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

import dev.distributeimage.run.LeftoverReason;
import dev.distributeimage.run.RemovalFailure;
import dev.distributeimage.run.postgres.Columns;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The queue of distribution configurations to remove, on leases as runs are.
 * <p>
 * <b>Flag, then look</b> (Dekker's algorithm): AWS deletes by name, even while a run uses
 * the name. A claim is the flag of a removal: it is committed before the worker looks for
 * runs that use the configuration. A run that creates or uses one is stored before its
 * claim looks for removals ({@link RunQueue}). Whatever the order, at least one sees the
 * other, and goes no further. The run that made the configuration cannot be retried
 * meanwhile: the claim raises its version, which a retry must have seen.
 * <p>
 * A delete that nobody answered keeps its flag: it may arrive late, and AWS refuses it
 * once its signature is older than five minutes.
 */
@Component
public class RemovalQueue {

	/**
	 * How long AWS may carry out a request after it was sent: a signature is valid for
	 * five minutes, and clocks differ.
	 */
	private static final String LATE_FOR = "interval '6 minutes'";

	/** SQL condition that holds while AWS may be removing the configuration of a row. */
	static final String UNDER_WAY = """
			leftover.closed_at is null and leftover.kind = 'distribution-configuration'
			  and (leftover.claimed_until is not null or leftover.late_until > engine_now() or leftover.gone)""";

	// Every change of a row raises its run's version. The row is looked at again once
	// that of the run is locked: it may have changed before.
	//
	// A claim that has expired had a worker that never reported. It sent nothing after
	// its lease.
	private static final String CLAIM = """
			with due as (
			  select leftover.id as due_id, run.id as run_id, run.version as run_version
			  from leftover join run on run.id = leftover.run_id
			  where leftover.next_attempt_at <= engine_now()
			    and (leftover.claimed_until is null or leftover.claimed_until <= engine_now())
			    and leftover.region <> all (cast(:without as text[])) and configuration_removal = 'REQUESTED'
			  order by leftover.next_attempt_at limit 1
			), held as (
			  update run set version = version + 1
			  from due
			  where run.id = due.run_id and version = run_version
			  returning run.id as held_id, version, due_id
			), claimed as (
			  update leftover
			  set late_until = case when claimed_until is null then late_until
			        else greatest(late_until, claimed_until + %1$s) end,
			      claimed_until = engine_now() + cast(:duration as interval)
			  from held
			  where id = due_id and next_attempt_at <= engine_now()
			    and (claimed_until is null or claimed_until <= engine_now())
			  returning leftover.id, leftover.run_id as made_by, resource, reason, since, attempts, gone, late_until,
			    next_attempt_at, version, engine_now() as claimed_at
			)
			select claimed.*, %2$s from claimed join run_input on run_id = made_by""".formatted(LATE_FOR,
			RunRow.INPUT_COLUMNS);

	private static final String USER = """
			select run_id, way,
			  (select made.owner is not null and made.owner is distinct from run_input.owner
			    from run_input made where made.run_id = :run) as of_other_owner
			from configuration_user(:arn, :run) used join run_input using (run_id)""";

	// The worker that has outlived its lease finds another version.
	private static final String WRITE = """
			with held as (
			  update run
			  set version = version + 1,
			      configuration_removal = case when :removed then cast('REMOVED' as removal_state)
			        when not :givenUp then configuration_removal end,
			      last_event = last_event + case when :removed or :givenUp then 1 else 0 end,
			      updated_at = case when :removed or :givenUp then greatest(updated_at, engine_now()) else updated_at end
			  where id = :run and version = :version
			  returning number, last_event, updated_at, step
			), written as (
			  update leftover
			  set claimed_until = null,
			      next_attempt_at = case when not :removed and not :givenUp then engine_now() + cast(:pause as interval) end,
			      closed_at = case when :removed then engine_now() end,
			      requested_at = case when not :givenUp then requested_at end,
			      gone = gone or :gone or :removed,
			      attempts = case when :failed then attempts + 1 else 0 end,
			      failure = cast(:failure as jsonb),
			      late_until = case when :unanswered then greatest(late_until, engine_now() + %s) else late_until end
			  from held
			  where id = :id
			  returning resource
			)
			insert into run_event (number, sequence, at, type, step, detail)
			select number, last_event, updated_at,
			  case when :removed then cast('CONFIGURATION_REMOVED' as event_type) else 'REMOVAL_GIVEN_UP' end, step,
			  jsonb_strip_nulls(coalesce(cast(:failure as jsonb), '{}')) || jsonb_build_object('distributionConfigurationArn', resource)
			from held cross join written where :removed or :givenUp"""
		.formatted(LATE_FOR);

	private final JdbcClient jdbc;

	private final RunRow row;

	private final JsonMapper json;

	RemovalQueue(JdbcClient jdbc, RunRow row, JsonMapper json) {
		this.jdbc = jdbc;
		this.row = row;
		this.json = json;
	}

	/** Whether a removal of the configuration with this ARN is under way, in SQL. */
	static String isUnderWay(String arn) {
		return "exists (select from leftover where leftover.resource = %s and %s)".formatted(arn, UNDER_WAY);
	}

	/**
	 * Claims the removal that has been due for the longest time, if there is one.
	 * @param without the Regions to leave alone
	 */
	public Optional<RemovalClaim> claim(Duration duration, Collection<String> without) {
		long sentAt = System.nanoTime();
		return this.jdbc.sql(CLAIM)
			.param("duration", duration.toString())
			.param("without", without.toArray(String[]::new))
			.query((result, number) -> claim(result, duration, sentAt))
			.optional();
	}

	private RemovalClaim claim(ResultSet result, Duration duration, long sentAt) throws SQLException {
		Instant since = Columns.time(result, "since");
		Lease lease = new Lease(result.getInt("version"), Columns.time(result, "next_attempt_at"),
				Columns.time(result, "claimed_at"), duration, sentAt, Duration.ZERO, new Times(since, since, null));
		return new RemovalClaim(result.getObject("id", UUID.class), result.getObject("made_by", UUID.class),
				result.getString("resource"), LeftoverReason.of(result.getString("reason")),
				Objects.requireNonNull(this.row.input(result)), since, result.getInt("attempts"),
				result.getBoolean("gone"), Columns.timeOrNull(result, "late_until"), lease);
	}

	/** Looks for a run that the configuration must stay for. */
	public Optional<ConfigurationUser> user(RemovalClaim claim) {
		return this.jdbc.sql(USER)
			.param("arn", claim.arn())
			.param("run", claim.run())
			.query((result, number) -> new ConfigurationUser(result.getObject("run_id", UUID.class),
					result.getBoolean("of_other_owner"), ConfigurationUser.Way.of(result.getString("way"))))
			.optional();
	}

	/**
	 * Stores the outcome of an attempt, unless the lease has passed to another worker.
	 * @return whether the attempt has ended the removal
	 */
	public boolean write(RemovalClaim claim, RemovalOutcome outcome) {
		RemovalFailure failure = failure(outcome);
		return this.jdbc.sql(WRITE)
			.param("id", claim.id())
			.param("run", claim.run())
			.param("version", claim.lease().version())
			.param("removed", outcome instanceof RemovalOutcome.Removed)
			.param("givenUp", outcome instanceof RemovalOutcome.GivenUp)
			.param("gone", outcome instanceof RemovalOutcome.Gone)
			.param("pause", pause(outcome).toString())
			.param("failed", failure != null)
			.param("failure", (failure != null) ? this.json.writeValueAsString(failure) : null)
			.param("unanswered", isUnanswered(outcome))
			.update() > 0;
	}

	private static @Nullable RemovalFailure failure(RemovalOutcome outcome) {
		if (outcome instanceof RemovalOutcome.Postponed postponed) {
			return postponed.failure();
		}
		return (outcome instanceof RemovalOutcome.GivenUp givenUp) ? givenUp.failure() : null;
	}

	private static Duration pause(RemovalOutcome outcome) {
		if (outcome instanceof RemovalOutcome.Gone gone) {
			return gone.pause();
		}
		return (outcome instanceof RemovalOutcome.Postponed postponed) ? postponed.pause() : Duration.ZERO;
	}

	private static boolean isUnanswered(RemovalOutcome outcome) {
		return (outcome instanceof RemovalOutcome.Postponed postponed) ? postponed.unanswered()
				: outcome instanceof RemovalOutcome.GivenUp givenUp && givenUp.unanswered();
	}

}
