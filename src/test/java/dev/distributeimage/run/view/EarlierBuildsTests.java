package dev.distributeimage.run.view;

import java.util.UUID;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.run.view.RunFilter.Criterion;
import dev.distributeimage.run.view.RunFilter.Field;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

@DatabaseTest
class EarlierBuildsTests {

	private static final int RUNS = 5_000;

	private final JdbcClient jdbc;

	private final BoundedQueries queries;

	private final TransactionTemplate transaction;

	EarlierBuildsTests(@Autowired JdbcClient jdbc, @Autowired BoundedQueries queries,
			@Autowired TransactionTemplate transaction) {
		TestPostgres.empty(jdbc);
		this.jdbc = jdbc;
		this.queries = queries;
		this.transaction = transaction;
	}

	@Test
	void nothingMoreIsReadHoweverManyRunsHaveEnded(@Autowired EarlierBuilds earlierBuilds) {
		endedRuns();
		UUID newest = this.jdbc.sql("select id from run order by number desc limit 1").query(UUID.class).single();
		assertThat(earlierBuilds.ofRecipeOf(newest)).hasSize(EarlierBuilds.KEPT)
			.allSatisfy((build) -> assertThat(build.seen()).hasSize(4));
		assertThat(rowsRead()).isBetween(100L, 500L);
	}

	private long rowsRead() {
		Sql newest = EarlierBuilds.newest(new Criterion(Field.IMAGE_RECIPE_ARN, "arn:recipe"));
		return RunSearchTests.rowsRead(newest, this.queries, this.transaction);
	}

	private void endedRuns() {
		this.jdbc.sql("""
				with many as (
				  insert into run (id, number, region, account, step, status, final_status, finished_at, deadline,
				    last_event, create_distribution_configuration_token, create_image_token,
				    distribution_configuration_arn, image_build_version_arn, image_status, created_at, updated_at)
				  select gen_random_uuid(), n, 'eu-west-1', '1', 'getImage', 'SUCCEEDED', 'AVAILABLE', now(),
				    now(), 6, 't', 't', 'arn:configuration', 'arn:image', 'AVAILABLE', now(), now()
				  from generate_series(1, :runs) n
				  returning *
				), inputs as (
				  insert into run_input (run_id, number, distribution_name, distributions, image_recipe_arn,
				    infrastructure_configuration_arn, client_token, distribution_configuration_arn_expected, labels,
				    weight, created_at)
				  select id, number, 'web', '[ { "region": "eu-west-1" } ]', 'arn:recipe/1.0.0',
				    'arn:infrastructure', id::text, 'arn:expected', '{}', 1, created_at
				  from many
				), terms as (
				  insert into run_term (term, number) select 'imageRecipeArn=arn:recipe', number from many
				)
				insert into run_event (number, sequence, at, type, step, detail)
				select number, event, now(), case when event < 3 then event_type 'STEP_BEGUN' else 'IMAGE_STATUS' end,
				  'getImage', jsonb_build_object('status', 'STATUS-' || event)
				from many, generate_series(1, 6) event""").param("runs", RUNS).update();
		this.jdbc.sql("vacuum analyze").update();
	}

}
