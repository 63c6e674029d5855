-- Notes that the database was restored from a backup, before the first replica starts on it: whatever was done in AWS
-- since the backup is then found, and not done again. As the role that owns the tables:
--
--   psql -U distribute_image_owner -d distribute_image -v ON_ERROR_STOP=1 -f after-restore.sql
--
-- It changes everything or nothing. If it is run again, it changes nothing.
do $$
declare
  lost_from    timestamptz;
  callers      text;
  marked_runs  bigint;
begin
  select string_agg(pid::text, ', ' order by pid) into callers from pg_stat_activity
  where datname = current_database() and application_name = 'distribute-image';
  if callers is not null then
    raise exception 'Replicas are connected to this database. Stop all of them first.'
      using detail = 'Their backends: ' || callers || '.';
  end if;

  -- The backup's own time is in no row. It is not before the last change that it holds, and that is early enough:
  -- what was changed later is lost. A backup without any is not older than the tables; their time has no time zone.
  select max(at) into lost_from from (
    select max(greatest(created_at, updated_at, claimed_at)) from run union all select max(at) from audit_event
  ) change (at);
  if lost_from is null then
    select min(installed_on) - interval '1 day' into lost_from from flyway_schema_history;
  end if;
  if lost_from > engine_now() then
    raise exception 'The last change in this database, of %, is in the future. Set the server''s clock.', lost_from;
  end if;

  insert into restore (since, at, until) values (lost_from, engine_now(), engine_now() + interval '3 days')
  on conflict do nothing;
  if not found then
    raise notice 'This restore has been noted already. Nothing is to be done.';
    return;
  end if;

  -- A call whose claim is in the backup began before, and its outcome is lost as well.
  -- The time since the backup does not count towards a deadline: an overdue run would not look for its image.
  update run
  set lost_since = least(lost_since, lost_from),
      unanswered_since = case
        when status = 'RUNNING' and (step <> 'getImage' or retry_call is not null)
          then least(unanswered_since, claimed_at, lost_from)
        else unanswered_since end,
      deadline = case when status = 'RUNNING' then deadline + (engine_now() - lost_from) else deadline end
  where status <> 'SUCCEEDED';
  get diagnostics marked_runs = row_count;
  raise notice 'Changes since % are lost. % runs will look for what they may have made since.', lost_from, marked_runs;
end
$$;
