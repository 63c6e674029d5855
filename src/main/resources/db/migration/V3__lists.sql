-- Under which filters of GET /v1/runs a run is listed: a row for every parameter and value that finds it. Every filter is
-- a range of this one index, in the order of the list; several are leapt through together. A run itself has no index for
-- them, because every poll rewrites it; its facets change only when its status, step, image's status or image does.
--
-- The facet is the hash of both: eight bytes instead of an ARN, and as many of what AWS says at length. That two of ten
-- million have the same is as likely as one in three hundred thousand.
create table run_facet (
  facet   bigint  not null,
  number  bigint  not null,
  constraint run_facet_pk primary key (facet, number)
)
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

create function facet_of(parameter text, value text) returns bigint
  language sql immutable parallel safe
  return hashtextextended(value, hashtext(parameter));

-- Finds the run that goes with a number, and the number that goes with a time.
alter table run_input add constraint run_input_number_is_unique unique (number);

create index run_input_by_time on run_input (created_at, number);

create function facets_of(status run_status, step step_id, image_status text, image_build_version_arn text)
  returns table (facet bigint)
  language sql immutable
  as $$
    select facet_of(parameter, value)
    from (values ('status', $1::text), ('step', $2::text), ('imageStatus', $3), ('imageBuildVersionArn', $4))
      as facet (parameter, value)
    where value is not null
  $$;

-- A label is found by its key and by key:value. As the parameter is split at its last colon, a value with a colon, or
-- a key with one and without a value, cannot be asked for.
create function facets_of(run_input) returns table (facet bigint)
  language sql immutable
  as $$
    select facet_of('distributionName', $1.distribution_name)
    union
    select facet_of('imageRecipeArn', $1.image_recipe_arn)
    union
    select facet_of('imageRecipeArn', regexp_replace($1.image_recipe_arn, '/[^/]*$', ''))
    union
    select facet_of('region', distribution ->> 'region') from jsonb_array_elements($1.distributions) distribution
    union
    select facet_of('label', key) from jsonb_object_keys($1.labels) key where strpos(key, ':') = 0
    union
    select facet_of('label', label.key || ':' || label.value) from jsonb_each_text($1.labels) label
    where strpos(label.value, ':') = 0
  $$;

-- Triggers, because whoever changes a run would have to think of this.
create function list_runs() returns trigger
  language plpgsql
  as $$
    begin
      insert into run_facet (facet, number)
      select facet, number from come, facets_of(status, step, image_status, image_build_version_arn);
      return null;
    end
  $$;

create function list_run_inputs() returns trigger
  language plpgsql
  as $$
    begin
      insert into run_facet (facet, number) select facet, number from come, facets_of(row(come.*)::run_input);
      return null;
    end
  $$;

-- For all runs of the statement at once. What is listed is found by the whole key, one by one, and changed where it was
-- found: another plan might read the whole table.
create function list_runs_again() returns trigger
  language plpgsql
  set enable_seqscan = off
  as $$
    begin
      with changed as (
        select come.number, gone.status::text as status_before, come.status::text, gone.step::text as step_before,
          come.step::text, gone.image_status as image_status_before, come.image_status,
          gone.image_build_version_arn as arn_before, come.image_build_version_arn as arn
        from gone join come using (id)
        where gone.status <> come.status or gone.step <> come.step
          or gone.image_build_version_arn is distinct from come.image_build_version_arn
          or gone.image_status is distinct from come.image_status
      ), move as (
        select number, facet_of(parameter, value_before) as gone, facet_of(parameter, value) as come
        from changed, lateral (values ('status', status_before, status), ('step', step_before, step),
          ('imageStatus', image_status_before, image_status), ('imageBuildVersionArn', arn_before, arn))
          as of (parameter, value_before, value)
        where value_before is distinct from value
      ), listed as (
        select place, move.come
        from move, lateral (
          select ctid as place from run_facet where facet = gone and run_facet.number = move.number limit 1) found
      ), moved as (
        update run_facet set facet = come from listed where run_facet.ctid = place and come is not null
      ), unlisted as (
        delete from run_facet where ctid = any (array(select place from listed where come is null))
      )
      insert into run_facet (facet, number) select come, number from move where gone is null;
      return null;
    end
  $$;

create function unlist_run() returns trigger
  language plpgsql
  as $$
    begin
      if tg_op = 'TRUNCATE' then
        truncate run_facet;
        return null;
      end if;
      delete from run_facet
      using (
        select facet from facets_of(old.status, old.step, old.image_status, old.image_build_version_arn)
        union
        select facet from run_input, facets_of(run_input) where run_id = old.id
      ) gone
      where run_facet.facet = gone.facet and number = old.number;
      return old;
    end
  $$;

create trigger runs_are_listed after insert on run referencing new table as come
  for each statement execute function list_runs();

create trigger run_inputs_are_listed after insert on run_input referencing new table as come
  for each statement execute function list_run_inputs();

create trigger runs_are_listed_again after update on run referencing old table as gone new table as come
  for each statement execute function list_runs_again();

create trigger run_is_unlisted before delete on run for each row execute function unlist_run();

create trigger runs_are_unlisted before truncate on run for each statement execute function unlist_run();

insert into run_facet (facet, number)
select facet, number from run, facets_of(status, step, image_status, image_build_version_arn);

insert into run_facet (facet, number)
select facet, number from run_input, facets_of(run_input);

-- With it every replica recognises the page tokens of the others.
create table page_token_key (
  only_one  boolean  not null default true,
  key       uuid[]   not null,
  constraint page_token_key_pk primary key (only_one),
  constraint page_token_key_is_only_one check (only_one)
);

insert into page_token_key (key) values (array[gen_random_uuid(), gen_random_uuid(), gen_random_uuid()]);
