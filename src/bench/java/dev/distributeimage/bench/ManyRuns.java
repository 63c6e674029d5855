package dev.distributeimage.bench;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Fills an empty database with ended runs, except for every hundredth. In ten consecutive
 * runs one has FAILED, and each belongs to a different team. Their terms are added
 * together at the end.
 */
final class ManyRuns {

	private static final String RUNS = """
			with stored as (
			  insert into run (id, number, region, account, status, step, next_attempt_at, finished_at, deadline,
			    last_event, create_distribution_configuration_token, create_image_token,
			    distribution_configuration_arn, image_build_version_arn, final_status, image_status, image_amis,
			    created_at, updated_at)
			  select uuidv7(), n, 'eu-west-1', '123456789012', status, 'getImage',
			    case status when 'RUNNING' then now() + interval '1 year' end,
			    case when status <> 'RUNNING' then now() end, now() + interval '1 year', 5, 'token-' || n, 'token-' || n,
			    arn || 'distribution-configuration/web-' || n, arn || 'image/web/1.0.0/' || n,
			    case when status <> 'RUNNING' then image_status end,
			    image_status, jsonb_build_array(jsonb_build_object('region', 'eu-west-1', 'accountId', '123456789012',
			      'image', 'ami-0e0524114ee433f49', 'name', 'web-' || n)), now(), now()
			  from generate_series(1, :rows) n, lateral (
			    select 'arn:aws:imagebuilder:eu-west-1:123456789012:' as arn,
			      case when n % 100 = 0 then run_status 'RUNNING' when n % 10 = 1 then 'FAILED'
			        else 'SUCCEEDED' end as status) one, lateral (
			    select case status when 'RUNNING' then 'BUILDING' when 'FAILED' then 'FAILED' else 'AVAILABLE' end
			      as image_status) seen
			  returning id, number, create_image_token, created_at
			)
			insert into run_input (run_id, number, distribution_name, distributions, image_recipe_arn,
			  infrastructure_configuration_arn, client_token, distribution_configuration_arn_expected, labels, weight,
			  created_at)
			select id, number, 'web-' || number, '[{"region": "eu-west-1", "amiDistributionConfiguration": {"name": "web"}},
			    {"region": "us-east-1", "amiDistributionConfiguration": {"name": "web"}}]',
			  'arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0',
			  'arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web', create_image_token,
			  'arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web-' || number,
			  jsonb_build_object('team', 't' || number % 10), 2000, created_at
			from stored""";

	private static final String TERMS = """
			insert into run_term (term, number)
			select term, number
			from run, unnest(array['region=eu-west-1', 'region=us-east-1',
			  'imageRecipeArn=arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web', 'label=team',
			  'label=team:t' || number % 10, 'imageBuildVersionArn=' || image_build_version_arn]) term""";

	private ManyRuns() {
	}

	static void store(JdbcClient jdbc, int rows) {
		jdbc.sql(RUNS).param("rows", rows).update();
		jdbc.sql("alter table run_term drop constraint run_term_pk").update();
		jdbc.sql(TERMS).update();
		jdbc.sql("alter table run_term add constraint run_term_pk primary key (term, number)").update();
		jdbc.sql("vacuum analyze").update();
	}

}
