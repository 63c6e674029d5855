package dev.distributeimage.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import dev.distributeimage.run.postgres.Columns;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Removes some of the runs that ended long ago, each with all that belongs to it. One
 * statement does it, so that no kill leaves half of a run behind.
 */
@Component
class RunRemoval {

	/** How long the client token of a removed run is kept. */
	static final Duration TOKEN_KEPT = Duration.ofDays(7);

	// A replica that cannot have the lock, or finds that another one has removed runs
	// within the last minute, leaves it to that one.
	//
	// A run that a request holds at the moment is left for the next look. One that was
	// retried meanwhile is judged as it is now, because the lock reads the row again. A
	// request that comes later finds no run.
	//
	// The limits are literals and the keys arrays: whatever the statistics say, the
	// planner has no better way than the indexes.
	static final String REMOVE = """
			with turn as materialized (
			  select pg_try_advisory_xact_lock(hashtext('remove_runs')) and coalesce(
			    (select max(token_kept_until) from run_removed) <= greatest(cast(:last as timestamptz),
			      engine_now() + cast(:tokenKept as interval) - interval '1 minute'), true) as mine
			), old as (
			  select id, number from run
			  where finished_at < engine_now() - cast(:keep as interval) and (select mine from turn)
			    and configuration_removal is distinct from 'REQUESTED'
			  order by finished_at limit %1$d
			  for update skip locked
			), removed as (
			  delete from run where id = any (array(select id from old)) returning number
			), request as (
			  delete from run_input where number = any (array(select number from removed)) returning client_token, owner
			), leavings as (
			  delete from leftover where run_id = any (array(select id from old))
			), token as (
			  insert into run_removed (client_token, token_kept_until, owner)
			  select client_token, engine_now() + cast(:tokenKept as interval), owner from request
			), event as (
			  delete from run_event where number = any (array(select number from removed))
			), term as (
			  delete from run_term where number = any (array(select number from removed))
			), free as (
			  delete from run_removed where ctid = any (array(
			    select ctid from run_removed where token_kept_until <= engine_now() and (select mine from turn)
			    order by token_kept_until limit %1$d))
			  returning true
			)
			select (select count(*) from removed) as runs, (select count(*) from free) as tokens,
			  engine_now() + cast(:tokenKept as interval) as token_kept_until""";

	private final JdbcClient jdbc;

	RunRemoval(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Removes the runs that ended first, and forgets tokens that were kept for long
	 * enough.
	 * @param keep how long runs are kept after their end; null for ever
	 * @param most the maximum number of runs, and of tokens
	 * @param last the last removal by this replica, or null
	 * @throws DataAccessException if nothing was removed
	 */
	Removed remove(@Nullable Duration keep, int most, @Nullable Instant last) {
		return this.jdbc.sql(REMOVE.formatted(most))
			.param("keep", (keep != null) ? keep.toString() : null)
			.param("last", (last != null) ? OffsetDateTime.ofInstant(last, ZoneOffset.UTC) : null)
			.param("tokenKept", TOKEN_KEPT.toString())
			.query((row, number) -> new Removed(row.getInt("runs"), row.getInt("tokens"),
					Columns.time(row, "token_kept_until")))
			.single();
	}

	/**
	 * The result of a removal.
	 *
	 * @param runs the number of runs that were removed
	 * @param tokens the number of client tokens that were removed, of runs removed before
	 * @param tokensKeptUntil the time until which the client tokens of the runs are kept
	 */
	record Removed(int runs, int tokens, Instant tokensKeptUntil) {

		/** Whether there may be more to remove. */
		boolean isFull(int most) {
			return this.runs == most || this.tokens == most;
		}

	}

}
