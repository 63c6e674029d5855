create type image_request as enum ('listWorkflowExecutions', 'retryImage');

-- What callers may ask of a run later on. cancel_requested_at and cancel_token are set by the request, the others by the
-- engine; a retry sets them all anew.
alter table run
  add cancel_requested_at  timestamptz,
  add cancel_token         text,
  add cancel_answered      boolean not null default false,
  add image_request        image_request,
  add retry_image_token    text,
  add build_finished       boolean not null default false,
  add disbelieved_status   text,
  add disbelieved_until    timestamptz,
  add retries              jsonb   not null default '[]',
  add constraint run_cancel_has_its_token check ((cancel_requested_at is null) = (cancel_token is null)),
  add constraint run_cancel_is_answered_once_asked check (not cancel_answered or cancel_requested_at is not null),
  add constraint run_image_request_is_about_an_image check (image_request is null or step = 'getImage'),
  add constraint run_image_request_has_its_token check (image_request is null or retry_image_token is not null),
  add constraint run_disbelief_ends check ((disbelieved_status is null) = (disbelieved_until is null)),
  add constraint run_retries_are_a_list check (jsonb_typeof(retries) = 'array');

-- For claims of what goes before polls. Polls, which are nearly all changes, have no entry here.
create index run_due_before_polls on run (region, next_attempt_at)
  where next_attempt_at is not null
    and (step <> 'getImage' or image_request is not null or cancel_requested_at is not null and not cancel_answered);
