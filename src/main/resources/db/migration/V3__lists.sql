-- Under which filters of GET /v1/runs a run is listed: a row for every parameter and value that finds it. Every filter,
-- alone or with a status, is a range of this one index, in the order of the list. A run itself has no index for them,
-- because every poll rewrites it; its facets change only when its status, step, image's status or image does.
-- 'any' with the empty value is there for every run.
create table run_facet (
  parameter  text    not null,
  value      text    not null,
  status     text    not null,
  number     bigint  not null,
  constraint run_facet_pk primary key (parameter, value, status, number),
  constraint run_facet_is_of_a_run foreign key (number) references run (number) on delete cascade
)
with (autovacuum_vacuum_scale_factor = 0.02);

create index run_facet_by_number on run_facet (number);

-- Finds the number that goes with a time.
create table run_created (
  number      bigint       not null,
  created_at  timestamptz  not null,
  constraint run_created_pk primary key (number),
  constraint run_created_is_of_a_run foreign key (number) references run (number) on delete cascade
);

create index run_created_by_time on run_created (created_at, number);

create function facets_of(run) returns table (parameter text, value text)
  language sql immutable
  as $$
    select parameter, value
    from (values ('any', ''), ('step', $1.step), ('imageStatus', $1.image ->> 'status'),
      ('imageBuildVersionArn', $1.image_build_version_arn)) facet (parameter, value)
    -- An index entry has 2.7 kB at most, and what AWS says may be longer: then the run is not found by it.
    where octet_length(value) <= 2500
  $$;

-- A label is found by its key and by key:value. As the parameter is split at its last colon, a value with a colon, or
-- a key with one and without a value, cannot be asked for.
create function facets_of(run_input) returns table (parameter text, value text)
  language sql immutable
  as $$
    select parameter, value
    from (
      values ('distributionName', $1.distribution_name), ('clientToken', $1.client_token),
        ('imageRecipeArn', $1.image_recipe_arn), ('imageRecipeArn', regexp_replace($1.image_recipe_arn, '/[^/]*$', ''))
      union
      select 'region', distribution ->> 'region' from jsonb_array_elements($1.distributions) distribution
      union all
      select 'label', key from jsonb_object_keys($1.labels) key where strpos(key, ':') = 0
      union all
      select 'label', label.key || ':' || label.value from jsonb_each_text($1.labels) label
      where strpos(label.value, ':') = 0
    ) facet (parameter, value)
    where octet_length(value) <= 2500
  $$;

-- Triggers, because whoever changes a run would have to think of this.
create function list_run() returns trigger
  language plpgsql
  as $$
    begin
      insert into run_created (number, created_at) values (new.number, new.created_at);
      insert into run_facet (parameter, value, status, number)
      select parameter, value, new.status, new.number from facets_of(new);
      return null;
    end
  $$;

create function list_run_input() returns trigger
  language plpgsql
  as $$
    begin
      insert into run_facet (parameter, value, status, number)
      select parameter, value, run.status, run.number from run, facets_of(new) where run.id = new.run_id;
      return null;
    end
  $$;

create function list_run_again() returns trigger
  language plpgsql
  as $$
    begin
      if new.status <> old.status then
        update run_facet set status = new.status where number = new.number;
      end if;
      delete from run_facet
      using (select * from facets_of(old) except select * from facets_of(new)) gone
      where run_facet.parameter = gone.parameter and run_facet.value = gone.value and run_facet.status = new.status
        and number = new.number;
      insert into run_facet (parameter, value, status, number)
      select parameter, value, new.status, new.number
      from (select * from facets_of(new) except select * from facets_of(old)) come;
      return null;
    end
  $$;

create trigger run_is_listed after insert on run for each row execute function list_run();

-- After the statement, so that it may store the input before the run.
create trigger run_input_is_listed after insert on run_input for each row execute function list_run_input();

-- Not for a claim, nor for a poll that saw nothing new.
create trigger run_is_listed_again after update of status, step, image, image_build_version_arn on run for each row
  when (old.status <> new.status or old.step <> new.step
    or old.image_build_version_arn is distinct from new.image_build_version_arn
    or old.image ->> 'status' is distinct from new.image ->> 'status')
  execute function list_run_again();

insert into run_created (number, created_at) select number, created_at from run;

insert into run_facet (parameter, value, status, number)
select parameter, value, status, number from run, facets_of(run);

insert into run_facet (parameter, value, status, number)
select parameter, value, status, number from run join run_input on run_id = id, facets_of(run_input);

-- With it every replica recognises the page tokens of the others.
create table page_token_key (
  only_one  boolean  not null default true,
  key       uuid[]   not null,
  constraint page_token_key_pk primary key (only_one),
  constraint page_token_key_is_only_one check (only_one)
);

insert into page_token_key (key) values (array[gen_random_uuid(), gen_random_uuid(), gen_random_uuid()]);
