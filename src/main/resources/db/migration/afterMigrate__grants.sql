-- Lets the service's role work on the tables, where another role migrates and owns them. Runs after every migration. A
-- table can be used when it is named here, and not before.
do $$
declare
  grantee constant text := '${grantee}';
begin
  if grantee in ('', current_user) then
    return;
  end if;
  -- Replicas may start together, and PostgreSQL refuses two grants on one object at the same time.
  perform pg_advisory_xact_lock(hashtext('distribute-image grants'));
  execute format('grant usage on schema %I to %I', current_schema, grantee);
  execute format('grant select, insert, update, delete on run, run_region, run_in_flight, run_owner, run_input,
                 run_term, run_event, leftover to %I', grantee);
  execute format('grant select, insert, delete on run_removed to %I', grantee);
  execute format('grant select on restore to %I', grantee);
  execute format('grant select, insert on audit_event to %I', grantee);
  execute format('grant execute on function remove_audit_events to %I', grantee);
end
$$;
