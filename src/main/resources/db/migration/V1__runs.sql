-- The engine's clock. Every time that is stored comes from here. STABLE, so that a comparison with it can use an index;
-- clock_timestamp() is volatile and would turn the claim's index scan into a filter over every run in flight.
create function engine_now() returns timestamptz
  language sql stable parallel safe
  return statement_timestamp();

create type run_status as enum ('RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'TIMED_OUT');

create type step_id as enum ('createDistributionConfiguration', 'createImage', 'getImage');

-- A run: its state, and at the same time its entry in the poller's queue. Narrow, because every poll rewrites it.
-- What changes stands together between what does not: PostgreSQL logs only that part of a row that stays on its page.
create table run (
  id                                        uuid        not null,
  number                                    bigint      not null,
  deadline                                  timestamptz not null,
  created_at                                timestamptz not null,
  region                                    text        not null,
  account                                   text        not null,
  create_distribution_configuration_token   text        not null,
  create_image_token                        text        not null,
  distribution_configuration_arn            text,
  image_build_version_arn                   text,
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
  image_status_since                        timestamptz,
  image_status                              text,
  image_reason                              text,
  image_amis                                jsonb,
  image_containers                          jsonb,
  finished_at                               timestamptz,
  unanswered_since                          timestamptz,
  final_status                              text,
  failure                                   jsonb,
  constraint run_pk primary key (id),
  constraint run_is_due_until_it_has_ended check ((status = 'RUNNING') = (next_attempt_at is not null)),
  constraint run_has_ended_or_not check ((status = 'RUNNING') = (finished_at is null)),
  constraint run_is_claimed_only_while_running check (claimed_at is null or status = 'RUNNING'),
  constraint run_past_step_1_has_a_configuration
    check (step = 'createDistributionConfiguration' or distribution_configuration_arn is not null),
  constraint run_past_step_2_has_an_image check (step <> 'getImage' or image_build_version_arn is not null),
  constraint run_that_succeeded_has_a_final_status check (status <> 'SUCCEEDED' or final_status is not null),
  constraint run_counts_are_not_negative check (least(attempts, failed_calls, missing_polls) >= 0)
)
-- Half-filled pages let an update stay on its page. The vacuum follows the number of changes, not the size of the table:
-- dead entries of the due-time index slow every claim down.
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
      autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.02);

-- By Region, so that a claim can leave Regions out without reading their runs.
create index run_due on run (region, next_attempt_at) where next_attempt_at is not null;

-- For claims of creates only. Polls, which are nearly all changes, have no entry here.
create index run_due_create on run (region, next_attempt_at) where next_attempt_at is not null and step <> 'getImage';

-- The Regions that runs have had, for those who look for due runs.
create table run_region (
  region  text  not null,
  constraint run_region_pk primary key (region)
);

create function note_regions() returns trigger
  language plpgsql
  as $$
    begin
      insert into run_region (region) select distinct region from come on conflict do nothing;
      return null;
    end
  $$;

create trigger regions_are_noted after insert on run referencing new table as come
  for each statement execute function note_regions();

-- What was asked for. Never changes. Written by the statement that stores the run, and gone with it: a foreign key would
-- only look that up again. The number is the run's.
create table run_input (
  run_id                                    uuid        not null,
  number                                    bigint      not null generated by default as identity,
  distribution_name                         text        not null,
  distributions                             jsonb       not null,
  image_recipe_arn                          text        not null,
  infrastructure_configuration_arn          text        not null,
  client_token                              text        not null,
  distribution_configuration_arn_expected   text        not null,
  labels                                    jsonb       not null,
  deadline_after                            interval,
  created_by                                text,
  created_at                                timestamptz not null,
  constraint run_input_pk primary key (run_id),
  constraint run_input_client_token_is_unique unique (client_token),
  constraint run_input_client_token_is_printable
    check (length(client_token) between 1 and 64 and client_token !~ '[^ -~]'),
  constraint run_input_distributions_are_a_list check (jsonb_typeof(distributions) = 'array'),
  constraint run_input_labels_are_a_map check (jsonb_typeof(labels) = 'object')
);

create index run_input_by_expected_arn on run_input (distribution_configuration_arn_expected);

create type event_type as enum ('ACCEPTED', 'STEP_BEGUN', 'CALL_FAILED', 'STEP_ENDED', 'IMAGE_STATUS', 'CANCEL_REQUESTED',
  'RETRY_REQUESTED', 'ENDED');

-- What happened to a run, in order. Written by the statement that changes the run, from the row that it has changed: a
-- foreign key would only look that up again, and lock it, for every event.
--
-- By the run's number, with enum types and no gaps between columns: there are some twenty of them to a run.
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
);

-- What is kept of a run elsewhere goes with it.
create function forget_runs() returns trigger
  language plpgsql
  as $$
    begin
      if tg_op = 'TRUNCATE' then
        truncate run_input, run_event;
      else
        delete from run_input using gone where run_id = gone.id;
        delete from run_event using gone where run_event.number = gone.number;
      end if;
      return null;
    end
  $$;

create trigger the_rest_goes_with_it after delete on run referencing old table as gone
  for each statement execute function forget_runs();

create trigger the_rest_goes_with_all after truncate on run for each statement execute function forget_runs();
