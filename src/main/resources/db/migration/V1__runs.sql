-- The engine's clock, from which every stored time comes. It is STABLE, so a comparison with it can use an index.
-- clock_timestamp() is volatile and would turn the claim's index scan into a filter over every run in flight.
create function engine_now() returns timestamptz
  language sql stable parallel safe
  return statement_timestamp();

create type run_status as enum ('RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'TIMED_OUT');

create type workflow_id as enum ('distribute-image', 'distribute-existing-image');

create type step_id as enum ('createDistributionConfiguration', 'createImage', 'distributeImage', 'getImage');

create type image_request as enum ('listWorkflowExecutions', 'retryImage');

-- A run: its state, and its entry in the queue. The row is narrow, because every poll rewrites it.
--
-- The columns that polls change stand together. While a row stays on its page, PostgreSQL logs only the part between
-- its first and its last changed byte.
create table run (
  id                                        uuid        not null,
  number                                    bigint      not null,
  deadline                                  timestamptz not null,
  created_at                                timestamptz not null,
  cancel_requested_at                       timestamptz,
  workflow                                  workflow_id not null default 'distribute-image',
  region                                    text        not null,
  account                                   text        not null,
  create_distribution_configuration_token   text        not null,
  create_image_token                        text        not null,
  cancel_token                              text,
  retry_image_token                         text,
  retries                                   jsonb       not null default '[]',
  distribution_configuration_arn            text,
  image_build_version_arn                   text,
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
  image_request                             image_request,
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
  constraint run_image_request_is_about_an_image check (image_request is null or step = 'getImage'),
  constraint run_image_request_has_its_token check (image_request is null or retry_image_token is not null),
  constraint run_stale_end_expires check ((stale_end is null) = (stale_end_until is null)),
  constraint run_retries_are_a_list check (jsonb_typeof(retries) = 'array')
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
    and (step <> 'getImage' or image_request is not null or cancel_requested_at is not null and not cancel_answered);

-- Lists ended runs by status. A run gets its entry when it ends, so polls write none.
create index run_ended on run (status, number) where status <> 'RUNNING';

-- Lists ended runs by AWS's code of their failure, which may have any length.
create index run_failed on run (left(failure ->> 'code', 128), number) where status <> 'RUNNING' and failure is not null;

-- The Regions of runs in flight, for the low-water marks. Written by the statements that bring a run into flight; a row
-- goes when no run in flight is left. Both hold an advisory lock (RunRegions).
create table run_region (
  region  text  not null,
  constraint run_region_pk primary key (region)
);

-- The request, which never changes. What the document that the workflow began with does not know stands in options.
-- distributions_read is no part of it: the distributions of a configuration that was there already, as AWS showed them.
-- One statement writes it together with the run, so a foreign key would only look the
-- run up again. The number is the run's.
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
);

-- Finds the run number that belongs to a time.
create index run_input_by_time on run_input (created_at, number);

create index run_input_by_name on run_input (distribution_name, number);

create index run_input_by_recipe on run_input (image_recipe_arn, number);

-- These two are empty as long as there is no sign-in.
create index run_input_by_creator on run_input (created_by, number) where created_by is not null;

create index run_input_by_owner on run_input (owner, number) where owner is not null;

create index run_input_by_expected_arn on run_input (distribution_configuration_arn_expected, number);

-- An inverted index over runs: the posting list of a term holds the numbers of the runs that it finds. Terms are
-- labels, Regions, recipes without their version, images and AMIs: values that never change or are written once. A term is
-- text and not a hash, because a collision would list a run under a filter that does not match it.
create table run_term (
  term    text    not null,
  number  bigint  not null,
  constraint run_term_pk primary key (term, number)
);

create type event_type as enum ('ACCEPTED', 'STEP_BEGUN', 'CALL_FAILED', 'STEP_ENDED', 'IMAGE_STATUS', 'CANCEL_REQUESTED',
  'RETRY_REQUESTED', 'ENDED');

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
);
