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
  execute format('grant select, insert, update, delete on run, run_region, run_input, run_term, run_event to %I',
                 grantee);
end
$$;
