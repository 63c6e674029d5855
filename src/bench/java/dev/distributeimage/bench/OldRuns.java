package dev.distributeimage.bench;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Complete runs, each with ten terms: some in flight, and ended ones of which one after
 * the other has ended, a second apart.
 */
final class OldRuns {

	private static final int AT_ONCE = 20_000;

	private static final String STORE = """
			with stored as (
			  insert into run (id, number, region, account, status, step, next_attempt_at, finished_at, deadline,
			    last_event, create_distribution_configuration_token, create_image_token,
			    distribution_configuration_arn, image_build_version_arn, final_status, image_status, image_amis,
			    created_at, updated_at)
			  select uuidv7(), n, 'eu-west-1', '123456789012', status, 'getImage',
			    case status when 'RUNNING' then now() + cast(:dueIn as interval) + random() * interval '30 seconds' end,
			    case when status <> 'RUNNING' then at end, now() + interval '1 year', :events, 'token-' || n, 'token-' || n,
			    arn || 'distribution-configuration/web-' || n, arn || 'image/web/1.0.0/' || n,
			    case when status <> 'RUNNING' then image_status end, image_status,
			    case status when 'SUCCEEDED' then (
			      select jsonb_agg(jsonb_build_object('region', region, 'accountId', '123456789012', 'image', 'ami-' || md5(region || n),
			        'name', 'web-' || n)) from unnest(array['eu-west-1', 'us-east-1']) region) end,
			    at, at
			  from generate_series(:from, :to) n, (select 'arn:aws:imagebuilder:eu-west-1:123456789012:' as arn) one
			  cross join lateral (
			    select cast(:first as timestamptz) + n * interval '1 second' as at, cast(case
			      when n % nullif(:running, 0) = 0 then 'RUNNING' when n % nullif(:failed, 0) = 1 then 'FAILED' else 'SUCCEEDED' end as run_status) as status) two
			  cross join lateral (
			    select case status when 'RUNNING' then 'BUILDING' when 'FAILED' then 'FAILED' else 'AVAILABLE' end as image_status) three
			  returning id, number, create_image_token, created_at, image_build_version_arn
			), request as (
			  insert into run_input (run_id, number, distribution_name, distributions, image_recipe_arn,
			    infrastructure_configuration_arn, client_token, distribution_configuration_arn_expected, labels, weight,
			    created_at)
			  select id, number, 'web-' || number, '[{"region": "eu-west-1", "amiDistributionConfiguration": {"name": "web"}},
			      {"region": "us-east-1", "amiDistributionConfiguration": {"name": "web"}}]',
			    'arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0',
			    'arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web', create_image_token,
			    'arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web-' || number,
			    jsonb_build_object('team', 't' || number % 10, 'build', number), 2000, created_at
			  from stored
			), event as (
			  insert into run_event (number, sequence, at, type, step, detail)
			  select number, sequence, created_at, 'IMAGE_STATUS', 'getImage', '{"status": "BUILDING", "reason": null}'
			  from stored, generate_series(1, :events) sequence
			)
			insert into run_term (term, number)
			select term, number
			from stored, unnest(array['region=eu-west-1', 'region=us-east-1',
			  'imageRecipeArn=arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web', 'label=team', 'label=build',
			  'label=team:t' || number % 10, 'label=build:' || number, 'imageBuildVersionArn=' || image_build_version_arn,
			  'image=ami-' || md5('eu-west-1' || number), 'image=ami-' || md5('us-east-1' || number)]) term""";

	private OldRuns() {
	}

	/**
	 * Runs of some kind.
	 *
	 * @param running every run whose number this divides is in flight; 0 for none
	 * @param failed every run whose number this divides with a remainder of 1 has failed;
	 * 0 for none
	 * @param dueIn in how long those in flight fall due, and up to 30 s later
	 * @param events how many events each has
	 */
	private record Kind(long running, long failed, Duration dueIn, int events) {

		static final Kind SUCCEEDED = new Kind(0, 0, Duration.ZERO, 20);

		static final Kind IN_FLIGHT = new Kind(1, 0, Duration.ZERO, 20);

		static final Kind MIXED = new Kind(100, 10, Duration.ofDays(365), 0);

	}

	/**
	 * Stores ended runs with numbers from one up to another.
	 * @param first when the run with the number 0 would have ended
	 */
	static void ended(JdbcClient jdbc, long from, long to, Instant first) {
		store(jdbc, from, to, first, Kind.SUCCEEDED);
	}

	/** Stores runs in flight, which fall due within 30 s. */
	static void inFlight(JdbcClient jdbc, long from, long to) {
		store(jdbc, from, to, Instant.now().minusSeconds(to), Kind.IN_FLIGHT);
		jdbc.sql("insert into run_region values ('eu-west-1') on conflict do nothing").update();
	}

	/**
	 * Fills an empty database with runs to be listed, without events. Every hundredth is
	 * in flight. In ten consecutive runs one has FAILED, and each belongs to a different
	 * team. The key of the terms is made at the end.
	 */
	static void mixed(JdbcClient jdbc, int rows) {
		jdbc.sql("alter table run_term drop constraint run_term_pk").update();
		store(jdbc, 1, rows, Instant.now().minusSeconds(rows), Kind.MIXED);
		jdbc.sql("alter table run_term add constraint run_term_pk primary key (term, number)").update();
		jdbc.sql("vacuum analyze").update();
	}

	private static void store(JdbcClient jdbc, long from, long to, Instant first, Kind kind) {
		for (long next = from; next <= to; next += AT_ONCE) {
			jdbc.sql(STORE)
				.param("from", next)
				.param("to", Math.min(to, next + AT_ONCE - 1))
				.param("first", first.atOffset(ZoneOffset.UTC))
				.param("running", kind.running())
				.param("failed", kind.failed())
				.param("dueIn", kind.dueIn().toString())
				.param("events", kind.events())
				.update();
		}
	}

	/** How long ended runs are kept, so that those up to a number go. */
	static Duration keep(Instant first, long upTo) {
		return Duration.between(first.plusSeconds(upTo), Instant.now());
	}

}
