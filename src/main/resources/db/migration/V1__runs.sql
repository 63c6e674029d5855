-- The engine's clock, from which every stored time comes. It is STABLE, so a comparison with it can use an index.
-- clock_timestamp() is volatile and would turn the claim's index scan into a filter over every run in flight.
create function engine_now() returns timestamptz
  language sql stable parallel safe
  return statement_timestamp();

create type run_status as enum ('RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'TIMED_OUT');

create type workflow_id as enum ('distribute-image', 'distribute-existing-image');

create type step_id as enum ('createDistributionConfiguration', 'createImage', 'distributeImage', 'getImage');

create type retry_call as enum ('listWorkflowExecutions', 'retryImage');

-- The removal of the distribution configuration that a run created and no longer needs.
create type removal_state as enum ('REQUESTED', 'REMOVED');

-- A run: its state, and its entry in the queue. The row is narrow, because every poll rewrites it.
--
-- The columns that polls change stand together. While a row stays on its page, PostgreSQL logs only the part between
-- its first and its last changed byte.
create table run (
  id                                        uuid        not null,
  number                                    bigint      not null,
  deadline                                  timestamptz not null,
  created_at                                timestamptz not null,
  -- When the step began, or the run went on with it. Its duration is measured when it ends.
  step_since                                timestamptz not null default engine_now(),
  cancel_requested_at                       timestamptz,
  workflow                                  workflow_id not null default 'distribute-image',
  region                                    text        not null,
  account                                   text        not null,
  create_distribution_configuration_token   text        not null,
  create_image_token                        text        not null,
  cancel_token                              text,
  retry_image_token                         text,
  -- Since when AWS may have carried out calls of this run that a restore from a backup has lost. Null for nearly all.
  lost_since                                timestamptz,
  retries                                   jsonb       not null default '[]',
  distribution_configuration_arn            text,
  image_build_version_arn                   text,
  -- The request that started the run, in its trace (W3C traceparent); null unless it was traced. It never changes, and
  -- stands here because every poll needs it: it spares them a lookup of the input, and a null takes no room.
  trace_parent                              text,
  -- Null while the configuration is to stay. A run that has one requested must not be removed.
  configuration_removal                     removal_state,
  -- The columns that polls change begin here.
  step                                      step_id     not null default 'createDistributionConfiguration',
  status                                    run_status  not null default 'RUNNING',
  attempts                                  integer     not null default 0,
  failed_calls                              integer     not null default 0,
  missing_polls                             integer     not null default 0,
  next_attempt_at                           timestamptz,
  claimed_at                                timestamptz,
  claimed_until                             timestamptz,
  version                                   integer     not null default 0,
  last_event                                integer     not null,
  updated_at                                timestamptz not null,
  -- When AWS last answered a call about the image. A status that is new has come after that.
  image_answered_at                         timestamptz,
  image_status_since                        timestamptz,
  image_status                              text,
  image_reason                              text,
  -- The digest of the three below, which the engine writes and does not read: they may take megabytes.
  image_digest                              text,
  image_failure_context                     jsonb,
  image_amis                                jsonb,
  image_containers                          jsonb,
  -- The bytes of the image, and of what it adds to the destinations, as they are shown.
  image_weight                              integer     not null default 0,
  -- The columns that polls change end here.
  finished_at                               timestamptz,
  unanswered_since                          timestamptz,
  stale_end_until                           timestamptz,
  stale_end                                 text,
  final_status                              text,
  failure                                   jsonb,
  retry_call                                retry_call,
  build_finished                            boolean     not null default false,
  cancel_answered                           boolean     not null default false,
  constraint run_pk primary key (id),
  constraint run_is_due_until_it_has_ended check ((status = 'RUNNING') = (next_attempt_at is not null)),
  constraint run_has_ended_or_not check ((status = 'RUNNING') = (finished_at is null)),
  constraint run_is_claimed_only_while_running check (claimed_at is null or status = 'RUNNING'),
  constraint run_past_step_1_has_a_configuration
    check (step = 'createDistributionConfiguration' or distribution_configuration_arn is not null),
  constraint run_past_step_2_has_an_image check (step <> 'getImage' or image_build_version_arn is not null),
  constraint run_that_succeeded_has_a_final_status check (status <> 'SUCCEEDED' or final_status is not null),
  constraint run_counts_are_not_negative check (least(attempts, failed_calls, missing_polls) >= 0),
  constraint run_cancel_has_its_token check ((cancel_requested_at is null) = (cancel_token is null)),
  constraint run_cancel_is_answered_once_requested check (not cancel_answered or cancel_requested_at is not null),
  constraint run_retry_call_is_about_an_image check (retry_call is null or step = 'getImage'),
  constraint run_retry_call_has_its_token check (retry_call is null or retry_image_token is not null),
  constraint run_stale_end_expires check ((stale_end is null) = (stale_end_until is null)),
  constraint run_configuration_is_removed_once_it_has_ended check (configuration_removal is null or status <> 'RUNNING'),
  constraint run_retries_are_a_list check (jsonb_typeof(retries) = 'array'),
  constraint run_trace_parent_has_its_length check (length(trace_parent) = 55)
)
-- Half-filled pages let an update stay on its page. Vacuum follows the number of changes, not the size of the table,
-- because dead entries of the due-time index slow every claim down.
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
      autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.02);

-- Begins with the Region, so a claim can leave Regions out without reading their runs.
create index run_due on run (region, next_attempt_at) where next_attempt_at is not null;

-- For claims of runs that go before polls. Polls, which are nearly all changes, write no entry here.
create index run_due_before_polls on run (region, next_attempt_at)
  where next_attempt_at is not null
    and (step <> 'getImage' or retry_call is not null or cancel_requested_at is not null and not cancel_answered);

-- Lists ended runs by status. A run gets its entry when it ends, so polls write none.
create index run_ended on run (status, number) where status <> 'RUNNING';

-- Finds ended runs by their age, for their removal. Polls write no entry here either.
create index run_finished on run (finished_at) where finished_at is not null;

-- Lists ended runs by AWS's code of their failure, which may have any length.
create index run_failed on run (left(failure ->> 'code', 128), number) where status <> 'RUNNING' and failure is not null;

-- The restores of the database from a backup, written by after-restore.sql: since when changes are lost, when that was
-- noted, and until when runs are looked for that were lost and are requested again.
create table restore (
  since  timestamptz  not null,
  at     timestamptz  not null,
  until  timestamptz  not null,
  constraint restore_pk primary key (since)
);

-- The Regions of runs in flight, for the low-water marks. Written by the statements that bring a run into flight; a row
-- goes when no run in flight is left. Both hold an advisory lock (RunRegions).
create table run_region (
  region  text  not null,
  constraint run_region_pk primary key (region)
);

-- The runs in flight of owners: a row for each. Written by the statements that bring a run into flight, and
-- removed by the one that ends it. Runs without an owner have none. It is a table of its own, because every poll would
-- write an index of run.
create table run_in_flight (
  run_id  uuid  not null,
  owner   text  not null,
  constraint run_in_flight_pk primary key (run_id)
)
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

create index run_in_flight_by_owner on run_in_flight (owner);

-- The owners that have had runs in flight, each at most as many as this number, which ends of runs do not lower. Its row
-- is the owner's lock: a statement that brings a run into flight raises the number first. Thus the runs of an owner are
-- counted only when the number is beyond its limit.
create table run_owner (
  owner    text     not null,
  at_most  integer  not null,
  constraint run_owner_pk primary key (owner)
)
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- The request, which never changes. Members that the original document of the workflow does not know are in options.
-- distributions_read is no part of it: the distributions of a configuration that was there already, as AWS showed them.
-- One statement writes it together with the run, so a foreign key would only look the
-- run up again. The number is the run's.
--
-- The room of removed runs is used again after a vacuum: here and in the tables below, once a twentieth has gone.
create table run_input (
  run_id                                    uuid        not null,
  number                                    bigint      not null generated by default as identity,
  created_at                                timestamptz not null,
  -- In the order of bytes, in which the names with one beginning stand together.
  distribution_name                         text        collate "C",
  distributions                             jsonb,
  image_recipe_arn                          text,
  infrastructure_configuration_arn          text,
  options                                   jsonb,
  client_token                              text        not null,
  distribution_configuration_arn_expected   text,
  labels                                    jsonb       not null,
  own_deadline                              interval,
  -- Null for most runs, which have none.
  warnings                                  jsonb,
  -- The bytes of inputs, warnings and destinations as they are shown, without reasons.
  weight                                    integer     not null,
  -- Null where there was no sign-in.
  created_by                                text,
  owner                                     text,
  distributions_read                        jsonb,
  constraint run_input_pk primary key (run_id),
  constraint run_input_number_is_unique unique (number),
  constraint run_input_client_token_is_unique unique (client_token),
  constraint run_input_client_token_is_printable
    check (length(client_token) between 1 and 64 and client_token !~ '[^ -~]'),
  constraint run_input_distributions_are_a_list check (jsonb_typeof(distributions) = 'array'),
  constraint run_input_distributions_have_a_name check ((distributions is null) = (distribution_name is null)),
  constraint run_input_name_has_an_arn
    check ((distribution_name is null) = (distribution_configuration_arn_expected is null)),
  constraint run_input_options_are_a_map check (jsonb_typeof(options) = 'object'),
  constraint run_input_labels_are_a_map check (jsonb_typeof(labels) = 'object')
)
with (autovacuum_vacuum_scale_factor = 0.05);

-- The client tokens of removed runs, which are kept so that a repeated request starts no second run. The statement that
-- removes a run inserts its row: any other statement sees either the run or this row.
--
-- Vacuum leaves the file as long as it was. Every start looks up its token here, by a plan that PostgreSQL keeps: a plan
-- made for an empty file would scan the table, and would still do so while the next removals fill it.
create table run_removed (
  client_token      text        not null,
  token_kept_until  timestamptz not null,
  owner             text,
  constraint run_removed_pk primary key (client_token, token_kept_until)
)
with (vacuum_truncate = false);

create index run_removed_by_time on run_removed (token_kept_until);

-- Counts the runs in flight of an owner whose number the calling statement has raised beyond its limit, and tells whether
-- there is room for one more. A run whose token is known needs none.
--
-- The statements in a volatile function see what was committed before they began: the calling statement began before it
-- had the owner's lock, and would miss what was committed meanwhile.
create function run_within_limit(token text, owner text, most integer) returns boolean
  language plpgsql volatile as $$
declare
  runs bigint;
begin
  if exists (select from run_input where client_token = run_within_limit.token)
      or exists (select from run_removed
        where client_token = run_within_limit.token and token_kept_until > engine_now()) then
    return true;
  end if;
  select count(*) into runs from run_in_flight where run_in_flight.owner = run_within_limit.owner;
  update run_owner set at_most = runs + 1 where run_owner.owner = run_within_limit.owner;
  return runs < most;
end
$$;

-- Raises the number of an owner for a run that comes back into flight, and tells whether it is within the limit.
create function run_again_within_limit(owner text, most integer) returns boolean
  language plpgsql volatile as $$
declare
  raised integer;
begin
  if run_again_within_limit.owner is null then
    return true;
  end if;
  insert into run_owner as known (owner, at_most) values (run_again_within_limit.owner, 1)
  on conflict on constraint run_owner_pk do update set at_most = known.at_most + 1
  returning at_most into raised;
  return coalesce(raised <= most, true) or run_within_limit(null, run_again_within_limit.owner, most);
end
$$;

-- Finds the run number that belongs to a time.
create index run_input_by_time on run_input (created_at, number);

create index run_input_by_name on run_input (distribution_name, number);

create index run_input_by_recipe on run_input (image_recipe_arn, number);

-- These two are empty as long as there is no sign-in.
create index run_input_by_creator on run_input (created_by, number) where created_by is not null;

create index run_input_by_owner on run_input (owner, number) where owner is not null;

-- Empty as long as no run reuses a distribution configuration.
create index run_input_by_reused_arn on run_input ((options ->> 'distributionConfigurationArn'))
  where options ->> 'distributionConfigurationArn' is not null;

create index run_input_by_expected_arn on run_input (distribution_configuration_arn_expected, number);

-- An inverted index over runs: the posting list of a term holds the numbers of the runs that it finds. Terms are
-- labels, Regions, recipes without their version, images and AMIs: values that never change or are written once. A term is
-- text and not a hash, because a collision would list a run under a filter that does not match it.
create table run_term (
  term    text    not null,
  number  bigint  not null,
  constraint run_term_pk primary key (term, number)
)
with (autovacuum_vacuum_scale_factor = 0.05);

-- For the removal of a run: nothing else tells the AMIs of an image that it gave up.
create index run_term_by_number on run_term (number);

create type event_type as enum ('ACCEPTED', 'STEP_BEGUN', 'CALL_FAILED', 'STEP_ENDED', 'IMAGE_STATUS', 'CANCEL_REQUESTED',
  'RETRY_REQUESTED', 'ENDED', 'REMOVAL_REQUESTED', 'CONFIGURATION_REMOVED', 'REMOVAL_GIVEN_UP');

-- The events of runs, in order. The statement that changes a run writes them from the changed row, so a foreign key
-- would only look that row up again, and lock it, for every event.
--
-- A run has about twenty events. The run's number as key, enum types and columns without gaps keep the rows small.
create table run_event (
  number    bigint      not null,
  at        timestamptz not null,
  sequence  integer     not null,
  type      event_type  not null,
  step      step_id     not null,
  by        text,
  detail    jsonb       not null,
  constraint run_event_pk primary key (number, sequence),
  constraint run_event_sequence_is_positive check (sequence > 0)
)
with (autovacuum_vacuum_scale_factor = 0.05);

create type leftover_kind as enum ('distribution-configuration', 'ami');

create type leftover_reason as enum ('create-image-failed', 'run-cancelled', 'image-failed', 'superseded');

-- A UUID of version 7: the time in milliseconds, and random bits.
create function time_ordered_uuid() returns uuid
  language sql volatile parallel safe
  return cast(encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send(cast(floor(extract(epoch from engine_now()) * 1000) as bigint)) from 3) from 1 for 6),
    52, 1), 53, 1), 'hex') as uuid);

-- Resources that ended runs have left in AWS, and the queue of removals. The statement that ends a run writes its rows.
-- The one that retries it closes them: the run uses its resources again. A row is also closed when its resource was
-- removed.
--
-- Every change of a configuration's row raises the version of its run, in the same statement: the version is the
-- fencing token of removals and retries alike.
create table leftover (
  number           bigint           not null generated always as identity,
  since            timestamptz      not null default engine_now(),
  id               uuid             not null default time_ordered_uuid(),
  run_id           uuid             not null,
  kind             leftover_kind    not null,
  reason           leftover_reason  not null,
  region           text             not null,
  account          text             not null,
  resource         text             not null,
  owner            text,
  closed_at        timestamptz,
  requested_at     timestamptz,
  requested_by     text,
  next_attempt_at  timestamptz,
  claimed_until    timestamptz,
  -- Until when a delete that nobody answered may still be carried out.
  late_until       timestamptz,
  automatic        boolean          not null default false,
  -- When the service last requested it by itself, also if that was given up.
  automatic_at     timestamptz,
  -- Whether AWS has said that the configuration is gone.
  gone             boolean          not null default false,
  attempts         integer          not null default 0,
  failure          jsonb,
  constraint leftover_pk primary key (id),
  constraint leftover_removal_is_due_until_it_ends
    check ((next_attempt_at is not null) = (requested_at is not null and closed_at is null)),
  constraint leftover_is_claimed_only_while_it_is_due check (claimed_until is null or next_attempt_at is not null),
  constraint leftover_amis_stay check (kind <> 'ami' or requested_at is null)
);

create unique index leftover_open on leftover (number) where closed_at is null;

create index leftover_by_run on leftover (run_id);

create unique index leftover_once on leftover (run_id, resource) where closed_at is null;

create index leftover_configuration on leftover (resource) where closed_at is null and kind = 'distribution-configuration';

create index leftover_due on leftover (next_attempt_at) where next_attempt_at is not null;

create index leftover_automatic on leftover (automatic_at) where automatic_at is not null;

-- The run for which a distribution configuration must stay, if there is one beside the run that has made it, and how:
-- 'made-again', for another run has made one of this name later, so the first is gone; 'running', for that may happen
-- now; 'reused' by a run that named it in its request, however that run ended; 'succeeded', for another run that has
-- used the name with success.
create function configuration_user(arn text, maker uuid) returns table (run_id uuid, way text)
  language sql stable rows 1
begin atomic
  select used.run_id, used.way
  from (
    select other.run_id,
      case when run.status = 'RUNNING' and run.distribution_configuration_arn is null then 'running'
        when other.number > (select number from run_input where run_input.run_id = maker) then 'made-again'
        when run.status = 'RUNNING' then 'running' else 'succeeded' end as way
    from run_input other join run on run.id = other.run_id
    where other.distribution_configuration_arn_expected = arn and other.run_id <> maker
      and (run.status = 'RUNNING'
        or run.distribution_configuration_arn is not null and run.configuration_removal is distinct from 'REMOVED'
          and (run.status = 'SUCCEEDED'
            or other.number > (select number from run_input where run_input.run_id = maker)))
    union all
    (select reusing.run_id, 'reused' from run_input reusing
     where reusing.options ->> 'distributionConfigurationArn' = arn limit 1)
  ) used
  order by array_position(array['made-again', 'running', 'reused', 'succeeded'], used.way)
  limit 1;
end;

-- Records of who did, or was refused, what. The statement that changes a run writes its record too, so neither is there without the
-- other. Records are permanent: the service's role may add and read them, and has old ones removed by the function below.
create table audit_event (
  number             bigint      not null generated always as identity,
  at                 timestamptz not null,
  event              text        not null,
  outcome            text        not null,
  rule               text,
  issuer             text,
  subject            text,
  caller             text,
  owner              text,
  client_id          text,
  token_id           text,
  address            text,
  request_id         text,
  run                uuid,
  status             integer     not null,
  -- These are for starts.
  account            text,
  region             text,
  recipe             text,
  distribution_name  text,
  regions            jsonb,
  shared_with        integer,
  public             boolean,
  inputs_sha256      text,
  -- Of a row that stands for requests without one of their own: how many.
  more               integer,
  constraint audit_event_pk primary key (at, number),
  constraint audit_event_outcome_is_known check (outcome in ('allowed', 'refused'))
);

-- Removes some of the records that are older, and says how many. It runs with the rights of its owner. An intruder in the
-- service may call it with any age, and yet leaves the last 30 days. The names in it are bound when it is created: no
-- search path changes them.
create function remove_audit_events(older_than interval) returns integer
  language sql strict security definer set search_path = pg_catalog, pg_temp
begin atomic
  with removed as (
    delete from audit_event where (at, number) in (
      select at, number from audit_event
      where at < engine_now() - greatest(older_than, interval '30 days')
      order by at, number limit 5000)
    returning number
  )
  select cast(count(*) as integer) from removed;
end;

revoke execute on function remove_audit_events from public;
